import { describe, expect, test } from '@jest/globals';
import type { HandshakeFacts } from '@latchkey/contract';
import { sharedFacts } from '@latchkey/session';
import { mismatches } from './compare.ts';

const noon = Date.UTC(2026, 10, 26, 12);
const [ours, theirs] = ['the secret of the one and the other', 'the secret of nobody but this one'];
type Cookie = Partial<Parameters<typeof sharedFacts>[0]['cookie']>;

function facts(
  change: Partial<HandshakeFacts> = {},
  cookie: Cookie = {},
  client: [string, ...string[]] = [ours],
) {
  const usual = { name: '_sso_proxy', domain: 'corp.example.com', secure: true, secrets: [ours] as [string] };
  const shared = sharedFacts({ client: { secrets: client }, cookie: { ...usual, ...cookie } });
  return { contract: { version: 3, oldest: 2 }, now: noon, ...shared, ...change };
}
const alone = (): HandshakeFacts => {
  const { cookie, ...rest } = facts({}, { name: '_own', secrets: [theirs] });
  const { domain: _, ...ownCookie } = cookie;
  return { ...rest, cookie: ownCookie };
};
const found = (proxy: HandshakeFacts, auth: HandshakeFacts, sent = noon, received = noon) =>
  mismatches(proxy, auth, { sent, received }).map(({ what, stops }) => `${what}${stops ? ' stops' : ''}`);

test('two services that are configured alike agree', () => {
  expect(found(facts(), facts())).toEqual([]);
});

describe('while a secret is being changed', () => {
  test.each<[[string, ...string[]], [string, ...string[]]]>([
    [[ours], [ours, theirs]],
    [[ours, theirs], [ours]],
    [
      [ours, theirs],
      [theirs, ours],
    ],
    [
      [theirs, ours],
      [ours, theirs],
    ],
    [[theirs, ours], [theirs]],
    [[theirs], [theirs, ours]],
  ])('the proxy with %j and auth with %j agree', (ofProxy, ofAuth) => {
    const proxy = facts({}, { secrets: ofProxy }, ofProxy);
    expect(found(proxy, facts({}, { secrets: ofAuth }, ofAuth))).toEqual([]);
  });

  test('a proxy that skipped the first step learns which secret it lacks', () => {
    const auth = facts({}, { secrets: [theirs, ours] }, [theirs, ours]);
    expect(found(facts(), auth)).toEqual(['client_secret stops', 'cookie_secret stops']);
  });
});

describe('a shared cookie', () => {
  test.each<[string, Cookie, string[]]>([
    ['name', { name: '_other' }, ['cookie_name stops']],
    ['secure', { secure: false }, ['cookie_secure stops']],
    ['secret', { secrets: [theirs] }, ['cookie_secret stops']],
    [
      'domain and all the rest',
      { domain: 'example.org', name: '_other', secrets: [theirs] },
      ['cookie_domain stops'],
    ],
  ])('differs in its %s', (_what, change, expected) => {
    expect(found(facts(), facts({}, change))).toEqual(expected);
    expect(found(facts({}, change), facts())).toEqual(expected);
  });

  const narrower = { domain: 'apps.corp.example.com' };

  test('that reaches only some hosts of the proxy stops, and so does what else is wrong with it', () => {
    expect(found(facts(), facts({}, narrower))).toEqual(['cookie_domain stops']);
    const auth = facts({}, { ...narrower, name: '_other' });
    expect(found(facts(), auth)).toEqual(['cookie_domain stops', 'cookie_name stops']);
  });

  test('that reaches every host of the proxy, and more, is reported, and stops only where the proxy cannot read it', () => {
    expect(found(facts({}, narrower), facts())).toEqual(['cookie_domain']);
    const proxy = facts({}, { ...narrower, secrets: [theirs] });
    expect(found(proxy, facts())).toEqual(['cookie_domain', 'cookie_secret stops']);
  });

  test('is written by auth alone, which need not know what the proxy seals with', () => {
    expect(found(facts({}, { secrets: [theirs, ours] }), facts())).toEqual([]);
  });

  test('that auth alone has is nobody’s fault', () => {
    expect(found(alone(), facts())).toEqual([]);
  });

  test('that the proxy alone waits for stops', () => {
    expect(found(facts(), alone())).toEqual(['cookie_domain stops']);
  });
});

describe('clocks', () => {
  test.each([
    ['a minute ahead', 60_000, []],
    ['more than a minute ahead', 60_001, ['clock stops']],
    ['a minute behind', -60_000, []],
    ['more than a minute behind', -60_001, ['clock stops']],
  ])('of auth %s', (_how, apartMs, expected) => {
    expect(found(facts(), facts({ now: noon + apartMs }))).toEqual(expected);
  });

  test('are not apart because an answer was long on its way', () => {
    expect(found(facts(), facts({ now: noon }), noon - 90_000, noon + 90_000)).toEqual([]);
  });
});

describe('versions', () => {
  test.each([
    [{ version: 3, oldest: 2 }, []],
    [{ version: 2, oldest: 1 }, []],
    [{ version: 4, oldest: 3 }, []],
    [{ version: 1, oldest: 1 }, ['contract stops']],
    [{ version: 5, oldest: 4 }, ['contract stops']],
  ])('3, which understands 2, and %j', (contract, expected) => {
    expect(found(facts(), facts({ contract }))).toEqual(expected);
  });
});

test('a sentence names what was found and what to write in which service, and nothing of a secret', () => {
  const auth = facts(
    { now: noon - 75_400, contract: { version: 1, oldest: 1 } },
    { name: '_other', domain: 'apps.corp.example.com', secure: false, secrets: [theirs] },
    [theirs],
  );
  const sentences = mismatches(facts(), auth, { sent: noon, received: noon }).map(({ sentence }) => sentence);
  expect(sentences).toEqual([
    'the proxy speaks version 3 with auth and understands 2 and later, auth speaks 1 and understands 1 and later: run the image that proxy has for auth, too',
    'the clock of auth is 75 s behind that of the proxy, so that sign-ins and sessions are refused: let both machines set their clocks by NTP',
    'the proxy does not know the secret that auth signs with, the first of CLIENT_PROXY_SECRET: write that one into CLIENT_SECRET of the proxy, behind its own while it is being changed',
    'SESSION_COOKIE_DOMAIN is "corp.example.com" at the proxy and "apps.corp.example.com" at auth, so that not every host below that of the proxy gets the session cookie: write the same into both services, or none at the proxy, and each host gets a session of its own by more redirects',
    'SESSION_COOKIE_NAME is "_sso_proxy" at the proxy and "_other" at auth, so that the proxy does not find the session cookie: write the same into both services',
    'SESSION_COOKIE_SECURE is true at the proxy and false at auth, so that the session cookie has another name in each: write the same into both services',
    'the proxy cannot open the session cookie, since it does not know the first SESSION_COOKIE_SECRET of auth: write that one into SESSION_COOKIE_SECRET of the proxy, behind its own while it is being changed, or take SESSION_COOKIE_DOMAIN out of the proxy, and each host gets a session of its own by more redirects',
  ]);
  const fingerprints = [
    ...auth.client_keys,
    ...auth.cookie.keys,
    ...facts().client_keys,
    ...facts().cookie.keys,
  ];
  for (const secret of [ours, theirs, ...fingerprints]) expect(sentences.join('\n')).not.toContain(secret);
});

import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { compilePolicy } from '@latchkey/access';
import { canonicalHost, canonicalPath, clockFrom } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import type { Place } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import type { Standing } from '../session-check/check.ts';
import { newlyKnown } from '../session-check/known-session.ts';
import type { KnownSession } from '../session-check/known-session.ts';
import type { Credential } from './credential.ts';
import { createGate } from './gate.ts';

const host = canonicalHost('wiki.example.com');
if (host === undefined) throw new Error('the host of these tests is none');

const access = {
  rules: { groups: ['staff'], emailDomains: [], emailAddresses: [] },
  publicPaths: [{ source: '^/public/', matches: (path: string) => path.startsWith('/public/') }],
  skipAuthPreflight: true,
};
const route: Route = {
  id: 'wiki',
  service: 'wiki',
  from: host,
  kind: 'simple',
  ...access,
  policy: compilePolicy(access),
  passAccessToken: false,
  allowRootServiceWorker: false,
  providerSlug: 'google',
  injectRequestHeaders: [],
  headerOverrides: [],
  timeoutMs: 1_000,
  resetDeadlineMs: 1_000,
  keepAliveMs: 1_000,
  preserveHost: false,
  preserveLocation: false,
  tlsSkipVerify: false,
  skipRequestSigning: false,
  position: { line: 1, column: 1 },
};

const readCredential =
  jest.fn<(cookie: string | undefined, place: Place, route: Route) => Promise<Credential>>();
const check = jest.fn<(known: KnownSession) => Promise<Standing>>();
const gate = createGate({ readCredential, check, marks: { compare: () => 'same' } });
let known: KnownSession;

beforeEach(() => {
  const times = { iat: 1, auth_time: 1, exp: 4_000_000_000 };
  const person = { sub: '1', email: 'ada@example.com', user: 'ada' };
  known = newlyKnown(
    { sid: 'one', idp: 'google', aud: 'example.com', ...person, ...times },
    { token: 'sealed', cookie: 'sealed' },
    clockFrom({ now: () => 1_000 }),
  );
  known.person = { ...known.person, groups: ['staff'] };
  readCredential.mockReset().mockResolvedValue({ known, sent: 'sealed' });
  check.mockReset().mockResolvedValue('stands');
});

function asking(rawPath: string, method = 'GET'): CanonicalRequest {
  if (host === undefined) throw new Error('unreachable');
  return {
    method,
    host,
    port: undefined,
    target: rawPath,
    rawPath,
    query: '',
    path: canonicalPath(rawPath),
    client: '203.0.113.9',
    forwardedFor: '203.0.113.9',
    forwardedProto: 'https',
  };
}

describe('a request', () => {
  test('of a person whom a rule names passes, with who it is', async () => {
    const passage = await gate.pass(asking('/'), { cookie: 'a=1' }, route);

    expect(passage).toMatchObject({
      decision: { allow: true, reason: 'allowed_group' },
      principal: known.person,
    });
    expect(passage.known).toBe(known);
    expect(readCredential).toHaveBeenCalledWith('a=1', { host, authority: String(host) }, route);
  });

  test.each([
    ['no session', { nobody: 'no_session' } as const, 'no_session'],
    ['an expired one', { nobody: 'session_expired' } as const, 'session_expired'],
  ])('with %s does not pass, and auth is not asked', async (_, credential, reason) => {
    readCredential.mockResolvedValue(credential);
    const passage = await gate.pass(asking('/'), {}, route);

    expect(passage).toMatchObject({
      decision: { allow: false, reason },
      principal: { kind: 'visitor', why: reason },
    });
    expect(passage.known).toBeUndefined();
    expect(check).not.toHaveBeenCalled();
  });

  test.each([
    ['ended', 'session_ended'],
    ['unverified', 'session_unverified'],
  ] as const)('with a session that is %s does not pass', async (standing, reason) => {
    check.mockResolvedValue(standing);

    expect(await gate.pass(asking('/'), {}, route)).toMatchObject({ decision: { allow: false, reason } });
  });

  test('of a person whom no rule names does not pass, and it is known who it was', async () => {
    known.person = { ...known.person, groups: [] };
    const passage = await gate.pass(asking('/'), {}, route);

    expect(passage).toMatchObject({
      decision: { allow: false, reason: 'no_rule_matches' },
      principal: known.person,
    });
  });

  test('fails where a part fails: nobody passes because something broke', async () => {
    check.mockRejectedValue(new Error('broken'));

    await expect(gate.pass(asking('/'), {}, route)).rejects.toThrow('broken');
  });
});

describe('a request for what is public', () => {
  test.each([
    ['a public path', asking('/public/logo.png'), {}, 'public_path'],
    [
      'a preflight',
      asking('/', 'OPTIONS'),
      { origin: 'a', 'access-control-request-method': 'PUT' },
      'preflight',
    ],
  ])('passes without a look at the cookie: %s', async (_, request, marks, reason) => {
    const passage = await gate.pass(request, { cookie: 'a=1', ...marks }, route);

    expect(passage).toMatchObject({ decision: { allow: true, reason }, principal: { kind: 'visitor' } });
    expect(passage.known).toBeUndefined();
    expect(readCredential).not.toHaveBeenCalled();
  });

  test.each(['/public/../admin', '/public//x', '/public/%2e%2e/admin', '/public/;x', '/public/%5c'])(
    'does not pass as public where the path has two readings: %s',
    async (path) => {
      readCredential.mockResolvedValue({ nobody: 'no_session' });

      expect((await gate.pass(asking(path), {}, route)).decision.allow).toBe(false);
    },
  );
});

describe('a renewed session', () => {
  test.each([
    ['the browser has the newest already', 'sealed', undefined],
    ['the browser should have the newest', 'renewed', 'renewed'],
  ])('%s', async (_, cookie, renewed) => {
    known.cookie = cookie;

    expect((await gate.passAsPerson(asking('/'), {}, route)).renewed).toBe(renewed);
  });
});

describe('the decision about a person', () => {
  test('is made once for each route', async () => {
    const rules = { ...access.rules, groups: ['admins'] };
    const other = { ...route, policy: compilePolicy({ ...access, rules }) };

    expect(await decisionOn(route)).toBe(await decisionOn(route));
    expect((await decisionOn(route)).allow).toBe(true);
    expect((await decisionOn(other)).allow).toBe(false);
  });

  test('never rests on a path that is public: it would open the others', async () => {
    known.person = { ...known.person, groups: [] };
    const publicPaths = [{ source: '', matches: () => true }];
    const everythingPublic = { ...route, policy: compilePolicy({ ...access, publicPaths }) };

    expect((await decisionOn(everythingPublic)).allow).toBe(false);
  });
});

async function decisionOn(asked: Route) {
  return (await gate.passAsPerson(asking('/'), {}, asked)).decision;
}

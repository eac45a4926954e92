import { noDeviceTrust } from '@latchkey/access';
import { describe, expect, test } from '@jest/globals';
import { identityHeaders } from '@latchkey/identity';
import type { Identity } from '@latchkey/identity';
import { cookieNames, isOwnCookie, withoutCookies } from '@latchkey/session';
import { aRequest, aRoute } from '@latchkey/testing';
import * as fc from 'fast-check';
import { requestHeaders, requestPlan } from './request-headers.ts';

const isOurs = (name: string) => isOwnCookie(name, '_sso_proxy');

const request = aRequest();

/** The variable in which CGI, WSGI, Rack and PHP hand a header to an application. */
function variable(name: string): string {
  return `HTTP_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

function flatToPairs(flat: readonly string[]): [name: string, value: string][] {
  return Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at] ?? '', flat[2 * at + 1] ?? '']);
}

const transport = [
  'Host',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Forwarded-Port',
  'X-Forwarded-For',
  'X-Request-Id',
];
const identity = ['X-Forwarded-User', 'X-Forwarded-Email', 'X-Forwarded-Groups'];
const neverSent = [
  'X-Forwarded-Access-Token',
  'X-Latchkey-Jwt-Assertion',
  'Gap-Signature',
  'Sso-Signature',
  'Kid',
  'Forwarded',
  'X-Real-Ip',
];
const ours = [...transport, ...identity, ...neverSent];

const spelling = fc
  .tuple(
    fc.constantFrom(...ours, 'X-Api-Key', 'Transfer-Encoding', 'Connection'),
    fc.infiniteStream(fc.constantFrom('-', '_', '.', '~', '!')),
    fc.infiniteStream(fc.boolean()),
  )
  .map(([name, separators, capitals]) =>
    name.replace(/./g, (character) => {
      if (character === '-') return separators.next().value ?? '-';
      return capitals.next().value === true ? character.toUpperCase() : character.toLowerCase();
    }),
  );
const token = fc.oneof(
  fc.constantFrom('X-One', 'x-one', 'X_One', 'Accept'),
  fc.stringMatching(/^[!#$%&'*+\-.^_`|~\w]{1,16}$/),
);
const cookieHeader = fc
  .array(
    fc.constantFrom(
      '_sso_proxy',
      '__Secure-_sso_proxy',
      '__HOST-_sso_proxy',
      'latchkey_a',
      '=',
      ';',
      ' ',
      '\t',
      '"',
      ',',
      'a',
      '\u00a0',
      '$',
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const value = fc.stringMatching(/^[ -~\u0080-\u00ff]{0,12}$/);
const listed = fc.array(fc.oneof(spelling, token), { maxLength: 4 }).map((names) => names.join(' ,'));
const header = fc.oneof(
  fc.tuple(fc.oneof(spelling, token), value),
  fc.tuple(fc.constantFrom('Connection', 'connection', 'CONNECTION'), listed),
  fc.tuple(fc.constantFrom('Cookie', 'cookie'), cookieHeader),
);
const rawHeaders = fc.array(header, { maxLength: 12 }).map((headers) => headers.flat());
const person = fc.record({
  user: fc.string({ unit: 'binary' }),
  email: fc.string(),
  groups: fc.array(fc.string()),
});

const said = (subject: Identity | undefined) => subject && identityHeaders(subject).flat();

describe('for any headers that a client sends', () => {
  const route = aRoute({ injectRequestHeaders: [['X-Api-Key', 'secret']] });
  const base = {
    request,
    requestId: 'an-id',
    scheme: 'https' as const,
    upstreamHost: '127.0.0.1:4200',
    plan: requestPlan(route),
    isPreflight: false,
    deviceTrust: noDeviceTrust,
    isOwnCookie: isOurs,
  };
  const alone = (subject: Identity | undefined) =>
    requestHeaders({ ...base, rawHeaders: [], identity: said(subject) });

  test.each([
    ['with a person: all ours, once, and no other', fc.option(person, { nil: undefined, freq: 100 })],
    ['on a public path: nothing about a person', fc.constant(undefined)],
  ])('what an application may take for our word is our word, %s', (_, subjects) => {
    const reserved = new Set([...ours, 'X-Api-Key'].map(variable));
    fc.assert(
      fc.property(rawHeaders, subjects, (sent, subject) => {
        const headers = requestHeaders({ ...base, rawHeaders: sent, identity: said(subject) });
        const seen = headers.filter((_text, at) => reserved.has(variable(headers[at - (at % 2)] ?? '')));

        expect(seen).toEqual(alone(subject));
      }),
      { numRuns: 400 },
    );
  });

  test('a preflight says where it comes from and what it asks about, and nothing else', () => {
    const bare = ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'];
    const known = new Set([...transport, ...bare].map((name) => name.toLowerCase()));
    fc.assert(
      fc.property(rawHeaders, (sent) => {
        const headers = requestHeaders({ ...base, rawHeaders: sent, isPreflight: true, identity: undefined });
        expect(flatToPairs(headers).filter(([name]) => !known.has(name.toLowerCase()))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('what ends at this hop ends here, and no cookie of ours goes on', () => {
    const always = ['connection', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'keep-alive', 'expect'];
    const set = new Set(transport.map((name) => name.toLowerCase()));
    fc.assert(
      fc.property(rawHeaders, (sent) => {
        const pairs = flatToPairs(sent).filter(([name]) => name.toLowerCase() === 'connection');
        const listed = pairs.flatMap(([, names]) =>
          names
            .toLowerCase()
            .split(',')
            .map((name) => name.trim()),
        );
        const endsHere = new Set([...always, ...listed].filter((name) => !set.has(name)));

        for (const [name, text] of flatToPairs(
          requestHeaders({ ...base, rawHeaders: sent, identity: undefined }),
        )) {
          expect([name, endsHere.has(name.toLowerCase())]).toEqual([name, false]);
          if (name.toLowerCase() === 'cookie') expect(cookieNames(text).filter(isOurs)).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('whatever the person is called, a value is one line of octets', () => {
    fc.assert(
      fc.property(person, (subject) => {
        for (const text of alone(subject)) expect(text).toMatch(/^[ -~\u0080-\u00ff]*$/);
      }),
    );
  });
});

describe('for any Cookie header', () => {
  test('what is left holds none of ours and all of the others', () => {
    fc.assert(
      fc.property(cookieHeader, (cookies) => {
        const left = withoutCookies(cookies, isOurs);

        expect(cookieNames(left)).toEqual(cookieNames(cookies).filter((name) => !isOurs(name)));
        expect(left === undefined ? undefined : withoutCookies(left, isOurs)).toBe(left);
      }),
      { numRuns: 800 },
    );
  });
});

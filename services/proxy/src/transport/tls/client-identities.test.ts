import { afterEach, expect, jest, test } from '@jest/globals';
import { makeAuthority } from '@latchkey/testing/authority';
import { aRoute } from '@latchkey/testing';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { createSecuredBy } from './client-identities.ts';
import type { Holder } from './client-identities.ts';
import type { TlsCredentials } from './tls-files.ts';

const route = {
  ...aRoute(),
  clientIdentity: {
    lifetimeMs: 300_000,
    person: { subject: [{ type: 'CN', value: [{ of: 'email' }] }] },
    written: { subject: 'CN={email}' },
  },
} as const;
const ann: Holder = { sid: 'one', isMachine: false, facts: { email: 'ann@example.com' } };

function inForce(days?: number): TlsCredentials {
  const { cert, key } = makeAuthority(days === undefined ? {} : { days });
  const issuer = {
    certificate: new X509Certificate(cert),
    privateKey: createPrivateKey(key),
    chain: '',
    accepted: undefined,
  };
  return { secureContext: createSecureContext(), fingerprint: cert, issuer };
}

function useClock(options: { most?: number } = {}) {
  let [current, time]: [TlsCredentials | undefined, number] = [inForce(), Date.now()];
  const retired: TlsCredentials[] = [];
  const warnings: unknown[] = [];
  return {
    retired,
    warnings,
    securedBy: createSecuredBy({
      credentials: { of: () => current },
      now: () => time,
      onRetired: (credentials) => retired.push(credentials),
      log: { warn: (what: unknown) => warnings.push(what) },
      ...options,
    }),
    pass: (ms: number) => (time += ms),
    replaceFiles: (days?: number) => (current = inForce(days)),
    loseFiles: () => (current = undefined),
  };
}

afterEach(() => void jest.useRealTimers());

test('a certificate is kept for a session and a route until shortly before it is over', () => {
  const { securedBy, pass } = useClock();
  const first = securedBy(route, ann);
  expect(first).toHaveProperty('fingerprint');
  pass(239_000);
  expect(securedBy(route, ann)).toBe(first);
  pass(2_000);
  expect(securedBy(route, ann)).not.toBe(first);
});

test('one that is over goes at once, with its key, though nobody asks for it again', () => {
  jest.useFakeTimers();
  const { securedBy, pass, retired } = useClock();
  const first = securedBy(route, ann);
  pass(239_000);
  jest.advanceTimersByTime(239_000);
  expect(retired).toEqual([]);
  pass(2_000);
  jest.advanceTimersByTime(2_000);
  expect(retired).toEqual([first]);
});

test('thousands of people keep theirs, and where there are too many it is said once', () => {
  const { securedBy, retired, warnings } = useClock();
  const sids = Array.from({ length: 501 }, (_, at) => `s${at}`);
  const [first] = sids.map((sid) => securedBy(route, { ...ann, sid }));
  expect(securedBy(route, { ...ann, sid: 's0' })).toBe(first);
  expect([retired, warnings]).toEqual([[], []]);

  const crowded = useClock({ most: 1 });
  const [pushedOut] = ['one', 'two', 'three'].map((sid) => crowded.securedBy(route, { ...ann, sid }));
  expect(crowded.retired).toHaveLength(2);
  expect(crowded.retired[0]).toBe(pushedOut);
  expect(crowded.warnings).toEqual([{ alarm: 'client certificates', most: 1 }]);
});

test('nobody gets that of another session, another route, another person or an authority of before', () => {
  const { securedBy, replaceFiles } = useClock();
  const first = securedBy(route, ann);
  expect(securedBy(route, { ...ann, sid: 'two' })).not.toBe(first);
  expect(securedBy({ ...route, id: 'other' }, ann)).not.toBe(first);
  expect(securedBy(route, { ...ann, facts: { email: 'bob@example.com' } })).not.toBe(first);
  expect(securedBy(route, ann)).toBe(first);
  replaceFiles();
  expect(securedBy(route, ann)).not.toBe(first);
});

test('where there can be none, the reason stands in its place', () => {
  const { securedBy, replaceFiles, loseFiles } = useClock();
  const why = (holder: Holder | undefined) => {
    const found = securedBy(route, holder);
    return found instanceof Error ? found.message : found;
  };
  expect(why(undefined)).toBe('nobody is known here who could be named');
  expect(why({ ...ann, facts: {} })).toBe('nothing is known for {email}');
  expect(why({ ...ann, isMachine: true, facts: { name: 'robot' } })).toBe(
    'it is a machine, and client_identity has no machine_subject',
  );
  replaceFiles(-1);
  expect(why(ann)).toBe('the authority in ca_cert_file of client_identity is over');
  loseFiles();
  expect(why(ann)).toBe('no authority of client_identity is in force');
});

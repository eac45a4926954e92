import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { compilePolicy, decideFor, noFacts } from '@latchkey/access';
import type { VisitorReason } from '@latchkey/access';
import { canonicalHost, clockFrom, ownPaths, replyText } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import type { Route } from '@latchkey/upstreams';
import type { Gate, Passage } from '../gate/gate.ts';
import type { RequestRecord } from '../record/request-record.ts';
import { newlyKnown } from '../session-check/known-session.ts';
import { createEndpoints } from './endpoints.ts';
import { attachExchange } from './exchange.ts';

const host = canonicalHost('wiki.example.com');
if (host === undefined) throw new Error('the host of these tests is none');

const access = {
  rules: { groups: ['staff'], emailDomains: [], emailAddresses: [] },
  publicPaths: [{ source: '', matches: () => true }],
  skipAuthPreflight: false,
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
const request: CanonicalRequest = {
  method: 'GET',
  host,
  port: undefined,
  target: '/',
  rawPath: '/',
  query: '',
  path: undefined,
  client: '127.0.0.1',
  forwardedFor: '127.0.0.1',
  forwardedProto: undefined,
};

const gate = { passAsPerson: jest.fn<Gate['passAsPerson']>(), pass: jest.fn<Gate['pass']>() };
let server: Server;
let origin = '';
let record: RequestRecord;

beforeAll(async () => {
  const endpoints = createEndpoints({
    gate,
    refuseDecision: () => undefined,
    showLauncher: () => undefined,
    launcherOf: () => undefined,
    certs: '{}',
    addresses: {
      scheme: () => 'https',
      origin: () => 'https://wiki.example.com',
      signIn: () => 'https://sso.example.com/google/sign_in',
      signInToStart: () => 'https://sso.example.com/google/sign_in',
      comesBack: () => true,
      switchAccount: () => 'https://sso.example.com/google/start',
      goOnAs: () => 'https://wiki.example.com/oauth2/person',
      signOut: (_, slug) => `https://sso.example.com/${slug}/sign_out`,
      handOff: () => 'https://sso.example.com/google/sign_in',
      ownTarget: () => 'https://wiki.example.com/',
    },
    signOutHint: async ({ session }) => `hint of ${session.sid}`,
    marks: { tokenFor: () => 'a mark', remember: () => 'latchkey_person=a mark' },
    cookies: { issue: () => '', endHost: () => '__Host-_sso_proxy=; Max-Age=0' },
    startHandOff: (_req, res) => replyText(res, 200, 'starts'),
    finishHandOff: (_req, res) => replyText(res, 200, 'finishes'),
  });
  server = createServer((req, res) => {
    attachExchange(req, { request, route, record });
    endpoints(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  record = { id: 'an-id', close: () => {} };
  gate.passAsPerson.mockReset().mockResolvedValue(passageOf('no_session'));
  gate.pass.mockReset();
});

function signedIn(groups: readonly string[]): void {
  const times = { iat: 1_700_000_000, auth_time: 1_700_000_000, exp: 1_702_592_000 };
  const person = { sub: 'the-sub', email: 'ada@example.com', user: 'ada', grant: 'the-grant' };
  const session = { sid: 'the-sid', idp: 'google', aud: 'example.com', ...person, ...times };
  const known = newlyKnown(session, { token: 'the-seal', cookie: 'the-seal' }, clockFrom({ now: () => 0 }));
  known.person = { ...known.person, groups };
  const decision = decideFor(known.person, route.policy, noFacts);
  gate.passAsPerson.mockResolvedValue({
    principal: known.person,
    known,
    renewed: undefined,
    decision,
    route,
  });
}

function passageOf(why: VisitorReason): Passage {
  const principal = { kind: 'visitor', why } as const;
  return { principal, decision: decideFor(principal, route.policy, noFacts), route };
}

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(origin + path, { redirect: 'manual', ...init });
}

test('the paths that are ours are these and no others', () => {
  expect([...ownPaths].toSorted()).toEqual([
    '/oauth2/apps',
    '/oauth2/apps.js',
    '/oauth2/auth',
    '/oauth2/callback',
    '/oauth2/me',
    '/oauth2/person',
    '/oauth2/sign_in',
    '/oauth2/sign_out',
    '/oauth2/v1/certs',
    '/robots.txt',
  ]);
});

describe('/robots.txt', () => {
  test.each([
    ['GET', 'User-agent: *\nDisallow: /\n'],
    ['HEAD', ''],
  ])('sends robots away: %s', async (method, body) => {
    const answer = await ask('/robots.txt', { method });

    expect([answer.status, await answer.text()]).toEqual([200, body]);
    expect(gate.passAsPerson).not.toHaveBeenCalled();
  });
});

describe('/oauth2/auth', () => {
  test('is 202 for whoever may pass', async () => {
    signedIn(['staff']);

    expect((await ask('/oauth2/auth')).status).toBe(202);
    expect(record.decision).toMatchObject({ allow: true, reason: 'allowed_group' });
  });

  test('is 401 for nobody, with the reason', async () => {
    const answer = await ask('/oauth2/auth');

    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: 'not_signed_in', reason: 'no_session' });
  });

  test('is no yes for a person whom no rule names, even where every path is public', async () => {
    signedIn([]);
    const answer = await ask('/oauth2/auth');

    expect([401, 403]).toContain(answer.status);
    expect(record.decision).toMatchObject({ allow: false, reason: 'no_rule_matches' });
  });

  test.each(['X-Original-URI', 'X-Forwarded-Uri', 'X-Original-URL', 'X-Forwarded-Host', 'User-Agent'])(
    'cannot be talked round by %s (CVE-2026-40575)',
    async (name) => {
      expect((await ask('/oauth2/auth', { headers: { [name]: '/robots.txt' } })).status).toBe(401);
    },
  );

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('answers about a %s as about any other', async (method) => {
    signedIn(['staff']);

    expect((await ask('/oauth2/auth', { method })).status).toBe(202);
  });

  test('is an error where the session cannot be looked at, and never a yes', async () => {
    gate.passAsPerson.mockRejectedValue(new Error('broken inside'));
    const answer = await ask('/oauth2/auth');

    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('broken inside');
    expect(record.detail).toBe('broken inside');
  });
});

describe('/oauth2/me', () => {
  test('says what is on the list and nothing else (CVE-2024-39315)', async () => {
    signedIn(['staff', 'secret-project']);
    const answer = await ask('/oauth2/me');

    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({
      email: 'ada@example.com',
      user: 'ada',
      name: null,
      provider: 'google',
      groups: ['staff'],
      signed_in_at: '2023-11-14T22:13:20.000Z',
      expires_at: '2023-12-14T22:13:20.000Z',
    });
  });

  test('is 401 for nobody', async () => {
    expect((await ask('/oauth2/me')).status).toBe(401);
  });
});

describe('while sessions cannot be checked', () => {
  test.each(['/oauth2/auth', '/oauth2/me'])('%s does not say that anybody is signed out', async (path) => {
    gate.passAsPerson.mockResolvedValue(passageOf('session_unverified'));
    const answer = await ask(path);

    expect([answer.status, record.error]).toEqual([503, 'session_unverified']);
  });
});

describe('/oauth2/sign_out', () => {
  test('leads to auth, and is kept by nobody', async () => {
    const answer = await ask('/oauth2/sign_out', { headers: { 'sec-fetch-site': 'same-origin' } });

    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('https://sso.example.com/google/sign_out');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

describe('another method', () => {
  test.each([
    ['POST', '/robots.txt'],
    ['DELETE', '/oauth2/me'],
    ['POST', '/oauth2/me'],
  ])('%s %s is 405 and told which would do', async (method, path) => {
    const answer = await ask(path, { method });

    expect(answer.status).toBe(405);
    expect(record.error).toBe('method_not_allowed');
    // RFC 9110, section 15.5.6: the answer must carry an Allow header.
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });
});

test('no answer says what it was made with', async () => {
  const { headers } = await ask('/robots.txt');

  expect([headers.get('x-powered-by'), headers.get('etag')]).toEqual([null, null]);
});

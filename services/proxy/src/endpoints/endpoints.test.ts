import { noDeviceTrust } from '@latchkey/access';
import { createServer } from 'node:http';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { decideFor, noFacts } from '@latchkey/access';
import type { VisitorReason } from '@latchkey/access';
import { ownPaths } from '@latchkey/contract';
import { clockFrom, replyText } from '@latchkey/http';
import type { Authorized } from '@latchkey/admission';
import { aRequest, aRoute, aSession } from '@latchkey/testing';
import supertest from 'supertest';
import type { Admission } from '../admission.ts';
import { openExchange } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { createSessionStates, newlyKnown } from '../authn/session-state.ts';
import { createEndpoints } from './endpoints.ts';
import type { KnownSession } from '../authn/session-state.ts';
import { createServeEndpoint } from './own-request.ts';
import { createAuthorizeCaller } from './authorize-caller.ts';

const route = aRoute({ publicPaths: [{ source: '', matches: () => true }] });
const request = aRequest({ client: '127.0.0.1', forwardedFor: '127.0.0.1' });

const authorize = jest.fn<Admission['authorize']>();
let exchange: Exchange;

const endpoints = createEndpoints({
  authorizeCaller: createAuthorizeCaller({
    authorize,
    deviceTrustOf: () => noDeviceTrust,
    cookies: { issue: () => '' },
  }),
  signSshCertificate: () => undefined,
  refuse: () => undefined,
  showLauncher: () => undefined,
  launcherOf: () => undefined,
  clock: clockFrom({ now: () => 60_000 }),
  certs: '{}',
  jwks: '{"keys":[]}',
  authorizationServer: () => 'https://sso.example.com',
  addresses: {
    scheme: () => 'https',
    origin: () => 'https://wiki.example.com',
    signIn: () => 'https://sso.example.com/google/sign_in',
    signInToStart: () => 'https://sso.example.com/google/sign_in',
    switchAccount: () => 'https://sso.example.com/google/start',
    goOnAs: () => 'https://wiki.example.com/oauth2/person',
    signOut: (_, [slug]) => `https://sso.example.com/${slug}/sign_out`,
    authorize: () => 'https://sso.example.com/google/sign_in',
    ownTarget: () => 'https://wiki.example.com/',
  },
  exchangeToken: (_req, res) => void res.end(),
  signOutHint: async ({ session }) => `hint of ${session.sid}`,
  personCookie: { tokenFor: () => 'a mark', remember: () => 'latchkey_person=a mark' },
  cookies: { endHost: () => '__Host-_sso_proxy=; Max-Age=0' },
  signInLink: (_req, _res, next) => next(),
  startSignIn: (_req, res) => replyText(res, 200, 'starts'),
  finishSignIn: (_req, res) => replyText(res, 200, 'finishes'),
});
const serveEndpoint = createServeEndpoint(endpoints);
const server = createServer((req, res) => {
  exchange = openExchange(req, res, { id: 'an-id', amznTraceId: undefined, span: undefined });
  serveEndpoint(exchange, { request, route });
});

beforeEach(() => {
  authorize.mockReset().mockReturnValue(nobodyWith('no_session'));
});

function signedIn(groups: readonly string[]): void {
  const session = aSession(1_700_000_000, { sub: 'the-sub', sid: 'the-sid', grant: 'the-grant' });
  const clock = clockFrom({ now: () => 0 });
  const state = createSessionStates(clock)(session);
  const known = newlyKnown(session, { token: 'the-seal', cookie: 'the-seal', state }, clock);
  state.person = { ...state.person, groups };
  const decision = decideFor(state.person, route.policy, noFacts);
  authorize.mockReturnValue({
    identified: { kind: 'person', principal: state.person, session: known },
    decision,
  });
}

function nobodyWith(why: VisitorReason): Authorized<KnownSession> {
  const principal = { kind: 'visitor', why } as const;
  const decision = decideFor(principal, route.policy, noFacts);
  return { identified: { kind: 'visitor', principal }, decision };
}

type Asking = { method?: string; headers?: Record<string, string> };

function ask(path: string, { method = 'GET', headers = {} }: Asking = {}) {
  return new supertest.Test(server, method, path).set(headers);
}

test('the paths that are ours are these and no others', () => {
  expect([...ownPaths].toSorted()).toEqual([
    '/.well-known/jwks.json',
    '/.well-known/oauth-protected-resource',
    '/oauth2/apps',
    '/oauth2/apps.js',
    '/oauth2/auth',
    '/oauth2/callback',
    '/oauth2/ext-authz',
    '/oauth2/forward-auth',
    '/oauth2/me',
    '/oauth2/person',
    '/oauth2/refresh',
    '/oauth2/sign_in',
    '/oauth2/sign_out',
    '/oauth2/ssh-certificate',
    '/oauth2/tcp',
    '/oauth2/token',
    '/oauth2/v1/certs',
    '/oauth2/v1/jwks',
    '/robots.txt',
  ]);
});

describe('/robots.txt', () => {
  test.each([
    ['GET', 'User-agent: *\nDisallow: /\n'],
    ['HEAD', undefined],
  ])('sends robots away: %s', async (method, body) => {
    const answer = await ask('/robots.txt', { method });

    expect([answer.status, answer.text]).toEqual([200, body]);
    expect(authorize).not.toHaveBeenCalled();
  });
});

describe('/oauth2/auth', () => {
  test('is 202 for everybody who may pass', async () => {
    signedIn(['staff']);

    expect((await ask('/oauth2/auth')).status).toBe(202);
    expect(exchange.decision).toMatchObject({ allow: true, reason: 'allowed_group' });
  });

  test('is 401 for nobody, with the reason', async () => {
    const answer = await ask('/oauth2/auth');

    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ error: 'not_signed_in', reason: 'no_session' });
  });

  test('is no yes for a person whom no rule names, even where every path is public', async () => {
    signedIn([]);
    const answer = await ask('/oauth2/auth');

    expect([401, 403]).toContain(answer.status);
    expect(exchange.decision).toMatchObject({ allow: false, reason: 'no_rule_matches' });
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
    authorize.mockRejectedValue(new Error('broken inside'));
    const answer = await ask('/oauth2/auth');

    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('broken inside');
    expect(exchange.detail).toBe('broken inside');
  });
});

describe('/oauth2/me', () => {
  test('says what is on the list and nothing else (CVE-2024-39315)', async () => {
    signedIn(['staff', 'secret-project']);
    const answer = await ask('/oauth2/me');

    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toEqual({
      email: 'ada@example.com',
      user: 'ada',
      name: null,
      provider: 'google',
      groups: ['staff'],
      signed_in_at: '2023-11-14T22:13:20.000Z',
      expires_at: '2023-12-14T22:13:20.000Z',
      checked_at: null,
      in_grace: false,
    });
  });

  test('is 401 for nobody', async () => {
    expect((await ask('/oauth2/me')).status).toBe(401);
  });
});

describe('while sessions cannot be checked', () => {
  test.each(['/oauth2/auth', '/oauth2/me'])('%s does not say that anybody is signed out', async (path) => {
    authorize.mockReturnValue(nobodyWith('session_unverified'));
    const answer = await ask(path);

    expect([answer.status, exchange.error]).toEqual([503, 'session_unverified']);
  });
});

describe('/oauth2/sign_out', () => {
  test('leads to auth, and is kept by nobody', async () => {
    const answer = await ask('/oauth2/sign_out', { headers: { 'sec-fetch-site': 'same-origin' } });

    expect(answer.status).toBe(302);
    expect(answer.headers['location']).toBe('https://sso.example.com/google/sign_out');
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});

describe('another method', () => {
  test.each([
    ['POST', '/robots.txt'],
    ['DELETE', '/oauth2/me'],
    ['POST', '/oauth2/me'],
  ])('%s %s is 405 and says which would do', async (method, path) => {
    const answer = await ask(path, { method });

    expect(answer.status).toBe(405);
    expect(exchange.error).toBe('method_not_allowed');
    // RFC 9110, section 15.5.6: the answer must carry an Allow header.
    expect(answer.headers['allow']).toBe('GET, HEAD');
  });
});

test('no answer says what it was made with', async () => {
  const { headers } = await ask('/robots.txt');

  expect([headers['x-powered-by'], headers['etag']]).toEqual([undefined, undefined]);
});

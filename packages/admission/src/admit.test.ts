import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { noFacts } from '@latchkey/access';
import type { AccessRules, Machine } from '@latchkey/access';
import { isOwnPathWith } from '@latchkey/contract';
import type { Route, RouteMatch } from '@latchkey/upstreams';
import { aPerson, aRoute } from '@latchkey/testing';
import { admit, authorize } from './admit.ts';
import type { AdmissionParts } from './admit.ts';
import type { Authenticator, Identified } from './authenticate.ts';
import { readIncoming } from './incoming.ts';
import type { Incoming } from './incoming.ts';

const ada = aPerson();
const robot: Machine = { kind: 'machine', name: 'deploy', groups: ['builders'], scopes: [] };
const asPerson = (): Identified<string> => ({
  kind: 'person',
  principal: ada,
  session: 'a session',
});

function route(options: Partial<Route> = {}, rules: Partial<AccessRules> = {}): Route {
  return aRoute({
    rules: { groups: ['staff'], emailDomains: [], emailAddresses: [], ...rules },
    publicPaths: [{ source: '^/public/', matches: (path: string) => path.startsWith('/public/') }],
    skipAuthPreflight: true,
    ...options,
  });
}

const slow: Authenticator<string> = async () => undefined;
const target = { origin: 'http://wiki.internal', basePath: '/base', query: '' };
const byCookie = jest.fn<Authenticator<string>>();
const match = jest.fn<AdmissionParts<string>['match']>();
const parts: AdmissionParts<string> = {
  match,
  publicPorts: [443],
  secure: true,
  scheme: () => 'https',
  isOwnPath: isOwnPathWith({ assertions: true }),
  authenticators: [byCookie],
};

beforeEach(() => {
  byCookie.mockReset().mockReturnValue(undefined);
  leadsTo({ route: route(), target });
});

function leadsTo(found: RouteMatch | undefined): void {
  match.mockReset().mockReturnValue(found);
}

type Sent = { method?: string; headers?: Record<string, string>; kind?: Incoming['kind']; proto?: 'http' };

function asking(url: string, { method = 'GET', headers = {}, kind = 'http', proto }: Sent = {}): Incoming {
  const all = { host: 'wiki.example.com', ...headers };
  const read = () => ({ client: '', forwardedFor: '', forwardedProto: proto ?? ('https' as const) });
  const rawHeaders = Object.entries(all).flat();
  return readIncoming({ method, url, headers: all, rawHeaders }, kind, { read });
}

const visit = { accept: 'text/html' };
const preflight = { origin: 'https://a.example', 'access-control-request-method': 'PUT' };

describe('the order in which a request is decided about', () => {
  test.each<[string, Incoming, object]>([
    [
      'a health check, whatever its host',
      asking('/ping', { headers: { host: '' } }),
      { kind: 'health_check' },
    ],
    [
      'a host that cannot be read',
      asking('/', { headers: { host: 'a b' } }),
      { kind: 'malformed', detail: 'malformed host' },
    ],
    [
      'a port that is none of ours',
      asking('/', { headers: { host: 'wiki.example.com:8443' } }),
      { kind: 'unknown_host', detail: expect.stringContaining('8443') },
    ],
    [
      'plain HTTP, before anything is decided',
      asking('/oauth2/me?x', { proto: 'http' }),
      { kind: 'redirect', location: 'https://wiki.example.com/oauth2/me?x' },
    ],
    ['an address of ours, before anything is public', asking('/oauth2/me'), { kind: 'own_endpoint' }],
    [
      'the script of a service worker, public or not',
      asking('/sw.js', { headers: { 'service-worker': 'script' } }),
      { kind: 'retired_worker' },
    ],
    ['a public path', asking('/public/x'), { kind: 'forward', decision: { reason: 'public_path' } }],
    [
      'a preflight',
      asking('/', { method: 'OPTIONS', headers: preflight }),
      { kind: 'forward', decision: { reason: 'preflight' } },
    ],
    ['a visit of nobody', asking('/', { headers: visit }), { kind: 'sign_in' }],
    ['a script of nobody', asking('/'), { kind: 'challenge', error: 'not_signed_in' }],
  ])('%s', (_, incoming, outcome) => {
    expect(admit(incoming, parts)).toMatchObject(outcome);
  });

  test('asks for the route once, and for a host without one nothing else', () => {
    leadsTo(undefined);

    expect(admit(asking('/public/x'), parts)).toMatchObject({ kind: 'unknown_host' });
    expect(match.mock.calls).toEqual([['wiki.example.com', undefined]]);
    expect(byCookie).not.toHaveBeenCalled();
  });

  test('looks at no credential where a path is public', () => {
    byCookie.mockReturnValue(asPerson());

    expect(admit(asking('/public/x'), parts)).toMatchObject({ identified: { kind: 'visitor' } });
    expect(byCookie).not.toHaveBeenCalled();
  });
});

describe('a person who may pass', () => {
  beforeEach(() => void byCookie.mockReturnValue(asPerson()));

  test('goes to the application, at once', () => {
    expect(admit(asking('/a%20b?c'), parts)).toMatchObject({
      kind: 'forward',
      target,
      path: '/base/a%20b?c',
      identified: { session: 'a session' },
    });
  });

  test('goes there, too, when somebody had to be asked; the route is known meanwhile', async () => {
    byCookie.mockResolvedValue(asPerson());
    const pending = admit(asking('/'), parts);

    expect(pending).toMatchObject({
      kind: 'pending',
      request: { host: 'wiki.example.com' },
      route: { id: 'wiki' },
    });
    expect(pending.kind === 'pending' && (await pending.outcome)).toMatchObject({ kind: 'forward' });
  });

  test.each<[string, RouteMatch, Incoming, object]>([
    [
      'sees the launcher on its host',
      { route: route({ kind: 'launcher' }), target: undefined },
      asking('/'),
      { kind: 'launcher' },
    ],
    [
      'learns it where the route has no address',
      { route: route(), target: undefined },
      asking('/'),
      { kind: 'unavailable', error: 'upstream_unreachable' },
    ],
    [
      'climbs out of no path',
      { route: route(), target },
      asking('/a/../../b'),
      { kind: 'malformed', error: 'bad_request' },
    ],
    [
      'opens a WebSocket from no other page',
      { route: route(), target },
      asking('/', { kind: 'websocket', headers: { origin: 'https://evil.example' } }),
      { kind: 'deny', error: 'cross_site_request' },
    ],
    [
      'may have a connection to themselves',
      { route: route(), target },
      asking('/', { headers: { authorization: 'NTLM x' } }),
      { kind: 'forward' },
    ],
  ])('%s', (_, found, incoming, outcome) => {
    leadsTo(found);

    expect(admit(incoming, parts)).toMatchObject(outcome);
  });
});

describe('a person who may not', () => {
  test('is denied, and it is known who it was', () => {
    byCookie.mockReturnValue(asPerson());
    leadsTo({ route: route({}, { groups: ['admins'] }), target });

    expect(admit(asking('/', { headers: visit }), parts)).toMatchObject({
      kind: 'deny',
      error: 'access_denied',
      identified: { principal: ada },
      decision: { reason: 'no_rule_matches' },
    });
  });

  test('is not signed out by what cannot be known now', () => {
    byCookie.mockReturnValue({
      ...asPerson(),
      principal: { ...ada, groups: undefined },
    } as Identified<string>);

    expect(admit(asking('/'), parts)).toMatchObject({ kind: 'unavailable', error: 'session_unverified' });
  });

  test.each([
    ['a page', visit, 'person_changed'],
    ['a script', {}, 'challenge'],
  ])('because the browser knows another: asked by %s', (_, headers, kind) => {
    const principal = { kind: 'visitor', why: 'session_other_person' } as const;
    byCookie.mockReturnValue({ kind: 'visitor', principal, arrived: 'another session' });

    expect(admit(asking('/', { headers }), parts)).toMatchObject({ kind });
  });
});

describe('credentials of a connection, where nobody is known', () => {
  const ntlm = { authorization: 'NTLM x' };
  const replacing = route({ injectRequestHeaders: [['Authorization', 'Basic x']] });

  test.each<[string, Route, Incoming, object]>([
    [
      'are refused',
      route(),
      asking('/public/x', { headers: ntlm }),
      { kind: 'deny', error: 'connection_credentials' },
    ],
    [
      'do no harm to a WebSocket, which has a connection of its own',
      route(),
      asking('/public/x', { kind: 'websocket', headers: ntlm }),
      { kind: 'forward' },
    ],
    [
      'do not travel on with a preflight',
      route(),
      asking('/', { method: 'OPTIONS', headers: { ...preflight, ...ntlm } }),
      { kind: 'forward' },
    ],
    [
      'do not travel on where the route has its own',
      replacing,
      asking('/public/x', { headers: ntlm }),
      { kind: 'forward' },
    ],
    [
      'do not travel on where an assertion goes there',
      route({ assertionHeader: { name: 'authorization', scheme: 'Bearer' } }),
      asking('/public/x', { headers: ntlm }),
      { kind: 'forward', authenticatesConnection: false },
    ],
    [
      'do not travel on where they are stripped',
      route({ stripRequestHeaders: ['Auth*'] }),
      asking('/public/x', { headers: ntlm }),
      { kind: 'forward', authenticatesConnection: false },
    ],
  ])('%s', (_, of, incoming, outcome) => {
    leadsTo({ route: of, target });

    expect(admit(incoming, parts)).toMatchObject(outcome);
  });
});

describe('another authenticator', () => {
  const asRobot: Identified<string> = { kind: 'machine', principal: robot };
  const byToken: Authenticator<string> = ({ headers }) =>
    headers['x-token'] === 'good' ? asRobot : undefined;
  const both = { ...parts, authenticators: [byToken, byCookie] };
  const withToken = { headers: { 'x-token': 'good', origin: 'https://evil.example' } };

  test.each([
    ['passes by the same decision', ['builders'], 'forward'],
    ['is denied by the same decision', ['staff'], 'deny'],
    ['is not everybody who is signed in', ['*'], 'deny'],
  ])('brings a machine, which %s', (_, groups, kind) => {
    leadsTo({ route: route({}, { groups }), target });

    expect(admit(asking('/', withToken), both)).toMatchObject({ kind, identified: { principal: robot } });
    expect(byCookie).not.toHaveBeenCalled();
  });

  test('leaves what it does not know to the next one', () => {
    byCookie.mockReturnValue(asPerson());

    expect(admit(asking('/'), both)).toMatchObject({ kind: 'forward', identified: { principal: ada } });
  });

  test('leaves it so when it had to look it up, too', async () => {
    byCookie.mockReturnValue(asPerson());
    const pending = admit(asking('/'), { ...parts, authenticators: [slow, byCookie] });

    expect(pending.kind === 'pending' && (await pending.outcome)).toMatchObject({ kind: 'forward' });
  });

  test('is held to the origin of a WebSocket: a machine is not the public', () => {
    leadsTo({ route: route({}, { groups: ['builders'] }), target });

    expect(admit(asking('/', { ...withToken, kind: 'websocket' }), both)).toMatchObject({
      kind: 'deny',
      error: 'cross_site_request',
    });
  });

  test('is asked at our own endpoints as everywhere', () => {
    const request = asking('/', withToken).read;
    if (typeof request === 'string') throw new Error(request);
    const { headers } = withToken;
    const asked = { request, headers, rawHeaders: [], route: route({}, { groups: ['builders'] }) };

    expect(authorize(asked, noFacts, both.authenticators)).toMatchObject({ decision: { allow: true } });
  });
});

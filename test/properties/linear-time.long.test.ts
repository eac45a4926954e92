// Every function that sees a stranger's bytes before anybody knows who sent them. A new one is a row here: a service has one
// thread, and what takes a second for one caller takes it from all.
import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { decide, isAdmitted } from '@latchkey/access';
import { mayControlOwnPaths } from '@latchkey/admission';
import { errorJson } from '@latchkey/contract';
import {
  authenticatesConnection,
  canonicalAuthority,
  canonicalPath,
  canonicalRequest,
  mayBeRedirected,
  isPreflight,
  isSameOrigin,
  hasMorePairs,
  mostQueryPairs,
  trustPeers,
} from '@latchkey/http';
import { createLog } from '@latchkey/telemetry';
import type { Received } from '@latchkey/http';
import { decodedPath, foldName, isReserved } from '@latchkey/identity';
import { plainAddress } from '@latchkey/networks';
import {
  attemptCookies,
  cookieNames,
  cookieValues,
  deriveKeys,
  isCodeRequest,
  isOwnCookie,
  openSession,
  openSignOutHint,
  refuseReturnAddress,
  withoutCookies,
} from '@latchkey/session';
import { loadUpstreams, upstreamTarget } from '@latchkey/upstreams';
import { errorPage, renderPage } from '@latchkey/web-pages';
import { aRequest, aRoute } from '@latchkey/testing';
import { actionOf } from '../../services/auth/src/telemetry/action.ts';
import { requireClient } from '../../services/auth/src/tokens/client.ts';
import { readReturnAddress } from '../../services/auth/src/sign-in/return-address.ts';
import { readTrips } from '../../services/auth/src/sign-in/round-trips.ts';
import { formParameters, queryParameters, refuseMany } from '../../services/auth/src/web/parameters.ts';
import { framed } from '../../services/proxy/src/outgoing/framing.ts';
import { hopByHop } from '../../services/proxy/src/outgoing/hop-by-hop.ts';
import { requestHeaders, requestPlan } from '../../services/proxy/src/outgoing/request-headers.ts';
import { createAddresses } from '../../services/proxy/src/sign-in/addresses.ts';

// As much as the head of a request may hold.
const longest = 64 * 1024;
const limitMs = 20;
// Below this, garbage collection and a busy machine say more than the function does.
const floorMs = 10;
// An eighth of the text takes a linear function an eighth of the time, and a quadratic one a 64th. What is allocated for the
// whole makes it up to three times as dear again.
const part = 8;
const mostTimes = 32;

// One of each class of characters that a parser treats apart, and short sequences that advisories are made of.
const classes = [
  '. / \\ % ; , = & : " - [ a 7 \u0301 \u00e9'.split(' '),
  [' ', '\t', '%2e', '%cc%81', '..;', '10.0.0.1,', 'a=b;'],
].flat();

/** Long runs of every class and alternations of every two, each with something else at the end. */
function hostileTexts(): string[] {
  const units = classes.flatMap((one, at) => [one, ...classes.slice(at + 1).map((other) => one + other)]);
  return units.map((unit) => `${unit.repeat(longest).slice(0, longest - 1)}!`);
}

const request = aRequest();
const keys = deriveKeys(['secret'], 'session');
const isOurs = (name: string) => isOwnCookie(name, '_sso_proxy');
const trust = trustPeers(['10.0.0.0/8', '::ffff:127.0.0.0/104']);
const attempts = attemptCookies({ keys, scope: { secure: true }, now: Date.now });
const returns = {
  proxyDomains: ['example.com'],
  ownHost: 'sso.example.com',
  cookieDomain: 'example.com',
  secure: true,
};

const { table } = loadUpstreams({
  file: 'test.yml',
  cluster: 'test',
  scheme: 'http',
  templateVariables: {},
  defaults: {
    emailDomains: ['example.com'],
    emailAddresses: [],
    groups: [],
    timeoutMs: 1,
    resetDeadlineMs: 1,
    provider: 'google',
  },
  text: `
- service: public
  default:
    from: public.example.com
    to: http://app
    options:
      skip_auth_regex: ['^/foo/.*/bar$', '(a+a+)+y', '(\\w+\\s?)*[0-9]$', '(?i)(.*)foo(.*)bar$', '(([a-z]+)[./-]?)*png$']
- service: many
  default: {from: '(.*)-(.*)\\.(.*)\\.example\\.com', to: 'http://app', type: rewrite}
`,
});
const publicRoute = table?.match('public.example.com', undefined)?.route;

function received(rawHeaders: string[], url = '/'): Received & { socket: { remoteAddress: string } } {
  return { method: 'GET', url, headers: {}, rawHeaders, socket: { remoteAddress: '127.0.0.1' } };
}

function read(rawHeaders: string[], url?: string): unknown {
  return canonicalRequest(received(rawHeaders, url), { read: (req) => trust.read(req as never) });
}

/** What is refused by an exception has been read as well. */
function attempted(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

const addresses = createAddresses({
  externalUrl: new URL('https://sso.example.com'),
  clientId: 'proxy',
  secure: true,
  keys: deriveKeys(['secret'], 'return address'),
  isShared: () => true,
  lifetimeMs: 1,
  now: Date.now,
});
const knownClient = requireClient({ id: 'proxy', secrets: ['secret'] }, () => Promise.resolve());
const visitor = { kind: 'visitor', why: 'no_session' } as const;
const log = createLog({
  service: 'test',
  level: 'info',
  destination: new Writable({ write: (_c, _e, done) => done() }),
});

const functions: ReadonlyArray<readonly [name: string, run: (text: string) => unknown]> = [
  // where a request goes
  ['a Host header', canonicalAuthority],
  ['a path', (text) => canonicalPath(`/${text}`)],
  ['a path of 8 KiB', (text) => canonicalPath(`/${text.slice(0, 8_191)}`)],
  ['a request target', (text) => read(['Host', 'wiki.example.com'], `/${text}`)],
  ['the kind of a request at auth', (text) => actionOf(`/${text}`, new Map())],
  ['the host patterns of a file', (text) => table?.match(text.slice(0, 253), undefined)],
  [
    'the public paths of a file',
    (text) => {
      const facts = { path: `/${text.slice(0, 8_191)}`, preflight: false };
      return publicRoute && decide(visitor, publicRoute.policy, facts);
    },
  ],
  [
    'the path behind that of `to`',
    (text) =>
      upstreamTarget(
        { target: `/${text}`, rawPath: `/${text}`, query: '' },
        { origin: 'http://app', basePath: '/app', query: '' },
      ),
  ],
  // who sends it
  ['X-Forwarded-For', (text) => read(['Host', 'wiki.example.com', 'X-Forwarded-For', text])],
  ['an address', plainAddress],
  ['X-Forwarded-Proto', (text) => read(['Host', 'wiki.example.com', 'X-Forwarded-Proto', text])],
  // what kind of request it is
  ['Accept', (text) => mayBeRedirected('GET', { accept: text })],
  ['Fetch Metadata', (text) => mayBeRedirected('GET', { 'sec-fetch-mode': text, 'sec-fetch-dest': text })],
  ['Origin', (text) => isSameOrigin({ origin: text }, 'https://wiki.example.com')],
  ['a preflight', (text) => isPreflight('OPTIONS', { origin: text, 'access-control-request-method': text })],
  // cookies
  ['the cookies of a name', (text) => cookieValues(text, 'name')],
  ['the names of cookies', cookieNames],
  ['a Cookie header without ours', (text) => withoutCookies(text, isOurs)],
  ['the name of a cookie', isOurs],
  ['a session cookie', (text) => openSession(text, keys)],
  ['a short session cookie', (text) => openSession(text.slice(0, 4_096), keys)],
  ['the attempts of a browser', (text) => attempts.find(text, text)],
  ['the counter of round trips', (text) => readTrips(text)],
  // headers on their way to an application
  ['the name of a header', isReserved],
  ['a folded name', foldName],
  ['Connection', (text) => hopByHop(['Connection', text])],
  ['who authenticates a connection', (text) => authenticatesConnection(['Authorization', text])],
  ['an NTLM of many', (text) => authenticatesConnection(['Authorization', `NTLM${text}NTLM`])],
  ['the length of a body', (text) => framed(['Content-Length', text], 'POST', undefined)],
  [
    'the script of a service worker',
    (text) => mayControlOwnPaths(`/${text}`, { 'service-worker': 'script' }),
  ],
  [
    'the headers of a request',
    (text) =>
      requestHeaders({
        rawHeaders: ['Cookie', text, 'Connection', 'x-other'],
        request,
        requestId: 'id',
        origin: 'https://wiki.example.com',
        upstreamHost: 'app',
        plan: requestPlan(aRoute()),
        isPreflight: false,
        identity: undefined,
        isOwnCookie: isOurs,
      }),
  ],
  ['a path to be signed', decodedPath],
  // parameters
  ['the number of pairs', (text) => hasMorePairs(text, mostQueryPairs)],
  [
    'a query at auth',
    (text) => attempted(() => queryParameters(received([], `/?${text}`) as never).one('a')),
  ],
  ['a form of 32 KiB at auth', (text) => attempted(() => formOf(text.slice(0, 32 * 1024)))],
  ['credentials', (text) => attempted(() => shown(`Basic ${text}`))],
  ['a request for a code', (text) => isCodeRequest({ state: text, codeChallenge: text })],
  [
    'a signed return address',
    (text) => refuseReturnAddress({ redirect_uri: text, ts: text, sig: text }, keys, Date.now()),
  ],
  [
    'the signature of one',
    (text) => refuseReturnAddress({ redirect_uri: text, ts: '1', sig: text }, keys, 0),
  ],
  ['the host of a return address', (text) => readReturnAddress(`https://${text}`, returns)],
  ['the path of a return address', (text) => readReturnAddress(`https://a.example.com/${text}`, returns)],
  ['a hint at sign-out', (text) => openSignOutHint(text, keys, 0)],
  ['an account', (text) => isAdmitted(text, { emailDomains: ['example.com'], emailAddresses: [] })],
  // what is said about it
  [
    'a link to sign in',
    (text) => addresses.signIn({ ...request, target: `/${text}` }, 'google', 'no_session'),
  ],
  [
    'where a link of ours leads',
    (text) => addresses.ownTarget(request, new URLSearchParams({ redirect_uri: text })),
  ],
  ['a log line', (text) => log.info({ path: text, host: text }, 'request')],
  [
    'a page',
    (text) => renderPage(errorPage({ code: 'access_denied', requestId: 'id', facts: [['Path', text]] })),
  ],
  [
    'an error as JSON',
    (text) => JSON.stringify(errorJson({ code: 'not_signed_in', requestId: 'id', sign_in_url: text })),
  ],
];

async function shown(authorization: string): Promise<unknown> {
  const res = { locals: { line: {} } };
  try {
    return await knownClient({ headers: { authorization } } as never, res as never, () => undefined);
  } catch (error) {
    return error;
  }
}

function formOf(text: string): unknown {
  refuseMany(text, 12);
  return formParameters(text).one('a');
}

// As much in pieces as the whole has: the clock of a thread may be too coarse for one of them.
async function eachOf(piece: string, run: (text: string) => unknown): Promise<void> {
  for (let times = 0; times < part; times++) await run(piece);
}

/** The shortest time that a call takes, in milliseconds; at once when it is short enough, or out of all proportion. */
async function fastest(call: () => unknown, enough: number): Promise<number> {
  let best = Infinity;
  for (let tries = 0; tries < 12 && best > enough && (tries === 0 || best < 1_000); tries++) {
    const before = process.threadCpuUsage();
    await call();
    const { user, system } = process.threadCpuUsage(before);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
}

describe('64 KiB from a stranger cost under 20 ms, and an eighth of them an eighth:', () => {
  const texts = hostileTexts();

  test.each(functions)('%s', async (_, run) => {
    const slow: string[] = [];
    for (const text of texts) {
      const whole = await fastest(() => run(text), floorMs);
      if (whole < floorMs) continue;
      const small = (await fastest(() => eachOf(text.slice(-longest / part), run), 0)) / part;
      if (whole < limitMs && whole < mostTimes * small) continue;
      const times = `${whole.toFixed(1)} ms, for an eighth of it ${small.toFixed(2)} ms`;
      slow.push(`${JSON.stringify(text.slice(0, 12))}: ${times}`);
      if (slow.length > 3) break;
    }
    expect(slow).toEqual([]);
  });
});

import {
  adminRevocationPath,
  adminSessionsPath,
  handshakePath,
  introspectionPath,
  ownEndpoints,
  revocationsPath,
  tokenPath,
} from '@latchkey/contract';
import { createUnauthenticatedWork, replyJwks, replyText } from '@latchkey/http';
import type { RateLimit } from '@latchkey/http';
import type { AuthSettings } from '@latchkey/settings';
import cookieParser from 'cookie-parser';
import { endAll, endOne, endOneProgram, showAccount } from './account/account.ts';
import { accountPath, endAllPath, endOnePath, endProgramPath } from './account/path.ts';
import { requireOperator } from './admin/credential.ts';
import { listSessions, revokeSessions } from './admin/sessions.ts';
import { programEndpoints, programKeys, programsFirst } from './authorization-server/endpoints.ts';
import { createRefresher } from './lifecycle/refresh.ts';
import { backChannelLogout } from './logout/back-channel.ts';
import type { Parts } from './parts.ts';
import type { Provider } from './providers/provider.ts';
import { requireClient } from './service-endpoints/client.ts';
import { handshake, introspection, tokenEndpoint } from './service-endpoints/endpoints.ts';
import type { RevocationsEndpoint } from './service-endpoints/revocations.ts';
import { callback } from './sign-in/callback.ts';
import { home } from './sign-in/home.ts';
import { signIn } from './sign-in/sign-in.ts';
import { start } from './sign-in/start.ts';
import { askSignOut, signOut } from './sign-out/sign-out.ts';
import { requireSameOrigin, visitsOnly } from './web/cross-site.ts';
import { form } from './web/form.ts';
import { json } from './web/json.ts';
import { inPlace, limited, refusalsLimited } from './web/limits.ts';
import type { Handler } from './web/locals.ts';
import type { Endpoint, EndpointGroup } from './web/routing.ts';

/**
 * What only the proxy asks: who it is comes first, and its body after that.
 *
 * @param options.isShared others ask on the same port
 */
export function betweenServices(
  parts: Parts,
  options: { limit: RateLimit; revocations: RevocationsEndpoint; isShared: boolean },
): EndpointGroup {
  const { limit, revocations, isShared } = options;
  const known = requireClient(parts.client, limit);
  const others = isShared && parts.programs !== undefined ? [programsFirst] : [];
  const ask = introspection(parts, createRefresher(parts));
  return {
    endpoints: [
      { path: introspectionPath, action: 'introspect', POST: [known, form(introspectionForm), ask] },
      {
        path: revocationsPath,
        action: 'revocations',
        POST: [known, form(revocationsForm), revocations.answer],
      },
      { path: tokenPath, action: 'token', POST: [...others, known, form(tokenForm), tokenEndpoint(parts)] },
      { path: handshakePath, action: 'handshake', POST: [known, form(handshakeForm), handshake(parts)] },
    ],
  };
}

/** What operators ask: it is here only where there is a secret for it, and a port that browsers do not reach. */
export function forOperators(
  parts: Parts,
  { adminSecrets }: Pick<AuthSettings, 'adminSecrets'>,
  limit: RateLimit,
): EndpointGroup {
  if (adminSecrets === undefined) return { endpoints: [] };
  const known = requireOperator(adminSecrets, limit);
  return {
    endpoints: [
      { path: adminSessionsPath, action: 'admin', GET: [known, listSessions(parts)] },
      { path: adminRevocationPath, action: 'admin', POST: [known, json(revocation), revokeSessions(parts)] },
    ],
  };
}

/** What anybody may ask: each address so often, and all together so much at a time. */
export function forBrowsers(parts: Parts, limit: RateLimit): readonly EndpointGroup[] {
  const work = createUnauthenticatedWork();
  const atWork: AtWork = (handler) => inPlace(handler, work);
  return [
    { endpoints: unlimited(parts, limit, atWork) },
    { behind: [limited(limit), cookieParser()], endpoints: forPeople(parts, atWork) },
  ];
}

type AtWork = (handler: Handler) => Handler;

// Programs ask for keys, many of them from one address. A provider is one address, too, and what it says is believed by its
// signature.
function unlimited(parts: Parts, limit: RateLimit, atWork: AtWork): readonly Endpoint[] {
  const { jwks, programs, providers } = parts;
  const keys: Handler = (_req, res) => replyJwks(res, jwks);
  return [
    { path: ownEndpoints.jwks.path, action: 'keys', GET: [keys] },
    { path: ownEndpoints.wellKnownJwks.path, action: 'keys', GET: [keys] },
    ...(programs === undefined ? [] : programKeys(programs)),
    ...[...providers.values()].flatMap(logoutOf),
  ];

  function logoutOf({ slug, readLogoutToken }: Provider): readonly Endpoint[] {
    if (readLogoutToken === undefined) return [];
    const end = atWork(backChannelLogout(slug, readLogoutToken, parts));
    const handlers = [refusalsLimited(limit, form(logoutForm), end)];
    return [{ path: `/${slug}/backchannel_logout`, action: 'backchannel_logout', POST: handlers }];
  }
}

function forPeople(parts: Parts, atWork: AtWork): readonly Endpoint[] {
  const { programs, providers } = parts;
  const ownPageOnly = requireSameOrigin(parts.origin);
  const fromOwnPage = (handler: Handler) => [ownPageOnly, form(accountForm), atWork(handler)];
  return [
    { path: '/', action: 'home', GET: [atWork(home(parts))] },
    { path: accountPath, action: 'account', GET: [visitsOnly, atWork(showAccount(parts))] },
    { path: endOnePath, action: 'sign_out', POST: fromOwnPage(endOne(parts)) },
    { path: endProgramPath, action: 'revoke', POST: fromOwnPage(endOneProgram(parts)) },
    { path: endAllPath, action: 'sign_out', POST: fromOwnPage(endAll(parts)) },
    { path: '/robots.txt', action: 'robots', GET: [sendRobotsAway] },
    ...(programs === undefined ? [] : programEndpoints({ ...parts, programs }, atWork)),
    ...[...providers.values()].flatMap(ofProvider),
  ];

  function ofProvider(provider: Provider): readonly Endpoint[] {
    const at = (name: string) => `/${provider.slug}/${name}`;
    return [
      { path: at('sign_in'), action: 'sign_in', GET: [visitsOnly, atWork(signIn(provider, parts))] },
      { path: at('start'), action: 'start', GET: [visitsOnly, atWork(start(provider, parts))] },
      { path: at('callback'), action: 'callback', GET: [visitsOnly, atWork(callback(provider, parts))] },
      {
        path: at('sign_out'),
        action: 'sign_out',
        GET: [atWork(askSignOut(provider, parts))],
        POST: [ownPageOnly, form(signOutForm), atWork(signOut(provider, parts))],
      },
    ];
  }
}

const sendRobotsAway: Handler = (_req, res) => replyText(res, 200, 'User-agent: *\nDisallow: /\n');

// A proxy names every group that its routes name; this is after its credentials.
const introspectionForm = { bytes: 512 * 1024, pairs: 8_192 };
const revocationsForm = { bytes: 1024, pairs: 4 };
// A code in a form is as long as a cookie may be; the rest is an address and a few words.
const tokenForm = { bytes: 16 * 1024, pairs: 12 };
// There is nothing in it as yet.
const handshakeForm = { bytes: 1024, pairs: 12 };
// The name of a session.
const accountForm = { bytes: 1024, pairs: 2 };
// An address, or a name of ours.
const revocation = { bytes: 4 * 1024 };
// A return address may be as long as a request line that a load balancer takes.
const signOutForm = { bytes: 32 * 1024, pairs: 12 };
// One token, and what else a provider may want to say.
const logoutForm = { bytes: 16 * 1024, pairs: 12 };

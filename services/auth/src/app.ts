import { serverComponent } from '@latchkey/admin';
import type { Component, Readiness } from '@latchkey/admin';
import {
  adminRevocationPath,
  adminSessionsPath,
  handshakePath,
  introspectionPath,
  ownEndpoints,
  revocationsPath,
  tokenPath,
} from '@latchkey/contract';
import {
  clockFrom,
  createRateLimit,
  createUnauthenticatedWork,
  HttpError,
  listenError,
  replyJwks,
  replyText,
  startServer,
} from '@latchkey/http';
import type { Handlers, RateLimit, RunningServer } from '@latchkey/http';
import { startTracing } from '@latchkey/telemetry';
import type { Audit, Registry } from '@latchkey/telemetry';
import type { AuthSettings } from '@latchkey/settings';
import cookieParser from 'cookie-parser';
import express from 'express';
import type { Express, Router } from 'express';
import type { Logger } from 'pino';
import { endAll, endOne, endOneProgram, showAccount } from './account/account.ts';
import { accountPath, endAllPath, endOnePath, endProgramPath } from './account/path.ts';
import { requireOperator } from './admin/credential.ts';
import { listSessions, revokeSessions } from './admin/sessions.ts';
import type { Strangers } from './authorization-server/document/documents.ts';
import { programKeys, programRoutes, programsFirst } from './authorization-server/routes.ts';
import { createParts } from './parts.ts';
import type { Parts } from './parts.ts';
import { tokenEndpoint } from './service-endpoints/endpoints.ts';
import { home } from './sign-in/home.ts';
import type { Provider } from './providers/provider.ts';
import { backChannelLogout } from './logout/back-channel.ts';
import { startAuthTelemetry } from './telemetry/start.ts';
import { requireClient } from './service-endpoints/client.ts';
import { handshake, introspection } from './service-endpoints/endpoints.ts';
import { createRevocationsEndpoint } from './service-endpoints/revocations.ts';
import type { RevocationsEndpoint } from './service-endpoints/revocations.ts';
import { createRefresher } from './lifecycle/refresh.ts';
import { SettingsError } from './settings-error.ts';
import { callback } from './sign-in/callback.ts';
import { signIn } from './sign-in/sign-in.ts';
import { openStore } from './store/open.ts';
import { start } from './sign-in/start.ts';
import { askSignOut, signOut } from './sign-out/sign-out.ts';
import { answerErrors } from './web/failure.ts';
import { form } from './web/form.ts';
import { json } from './web/json.ts';
import { front } from './web/front.ts';
import type { Handler } from './web/locals.ts';
import { refuseForeignPages, requireSameOrigin, visitsOnly } from './web/cross-site.ts';
import { addEndpoints, exactPaths } from './web/routing.ts';
import { inPlace, limited, refusalsLimited, sharedCount } from './web/limits.ts';

/** What auth is started with. */
export type AuthOptions = {
  readonly settings: AuthSettings;
  readonly log: Logger;
  /** for Prometheus, where it reads one */
  readonly registry?: Registry;
  /** closed with auth */
  readonly audit?: Audit;
  /** the clock, for tests */
  readonly now?: () => number;
  readonly elapsed?: () => number;
  /** how long each question to a provider may take, milliseconds */
  readonly providerTimeoutMs?: number;
  /** how to reach those whom programs name, for tests */
  readonly strangers?: Strangers;
};

/** Auth as it runs; the second port where only those inside are answered. */
export type RunningAuth = RunningServer & { readonly internalPort?: number; readonly readiness: Readiness };

/**
 * Starts auth.
 *
 * @throws SettingsError when the settings cannot work together, or the `listen` error
 */
export async function startAuth(options: AuthOptions): Promise<RunningAuth> {
  const { settings, log, registry, audit, providerTimeoutMs = 5_000, strangers } = options;
  const clock = clockFrom(options);
  const telemetry = startAuthTelemetry({ settings, registry, audit, log });
  const { emit } = telemetry;
  const onLost = (spans: number) => emit({ kind: 'spans_lost', spans });
  const tracer = await startTracing(settings.tracing, { log, onLost });
  const shared = await openStore(settings, { log, emit, ...clock });
  const mustRefuse = () => audit?.mustRefuse() === true;
  const parts = createParts(settings, {
    log,
    emit,
    shared,
    ...clock,
    providerTimeoutMs,
    mustRefuse,
    strangers,
  });
  const { port, internalPort, trustedProxies, requestsPerMinute } = settings.server;
  const revocations = createRevocationsEndpoint(parts.store.recentEnds);
  const serve = (onPort: number, ...routers: Router[]): Promise<RunningServer> =>
    listen(onPort, { ...settings.server, onStop: revocations.close }, ({ ready }) => {
      const first = front(
        { ...parts, tracer, secure: parts.cookies.own.secure },
        { readiness: () => componentsOf(ready(), parts), trustedProxies },
      );
      return {
        request: createApp().use(first, refuseForeignPages, ...routers, nothingHere, answerErrors(log)),
      };
    });

  const limit = createRateLimit({ perMinute: requestsPerMinute, log, ...sharedCount(shared) });
  const isShared = internalPort === undefined;
  const between = betweenServices(parts, limit, revocations, isShared);
  const browsers = forBrowsers(parts, limit);
  const internal =
    internalPort === undefined
      ? undefined
      : await serve(internalPort, between, forOperators(parts, settings, limit)).catch((error: unknown) => {
          throw new SettingsError([listenError(error, internalPort, 'SERVER_INTERNAL_PORT')]);
        });
  const running = await (internal === undefined ? serve(port, between, browsers) : serve(port, browsers));
  return {
    ...running,
    readiness: () => componentsOf(running.ready(), parts),
    ...(internal !== undefined && { internalPort: internal.port }),
    async stop() {
      await Promise.all([running.stop(), internal?.stop()]);
      parts.store.close();
      shared.store.close();
      await tracer?.close();
      await telemetry.close();
      await audit?.close();
    },
  };
}

function listen(
  port: number,
  { onStop, ...server }: AuthSettings['server'] & { onStop: () => void },
  handlers: (life: { ready: () => boolean }) => Handlers,
): Promise<RunningServer> {
  return startServer(handlers, {
    port,
    address: server.address,
    timeouts: {
      readMs: server.readTimeoutMs,
      writeMs: server.writeTimeoutMs,
      requestMs: server.requestTimeoutMs,
      drainMs: server.drainMs,
      shutdownMs: server.shutdownTimeoutMs,
    },
    onStop,
  });
}

// A task without its store does what can be done without: a load balancer that took it out would take out all at once.
function componentsOf(isRunning: boolean, { store }: Parts): readonly Component[] {
  const why = store.isAway() ? ['the store (REDIS_URL) cannot be asked'] : [];
  return [serverComponent(isRunning), { name: 'store', isReady: true, why }];
}

function createApp(): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  return app;
}

// What only the proxy asks: who it is comes first, and its body after that.
function betweenServices(
  parts: Parts,
  limit: RateLimit,
  revocations: RevocationsEndpoint,
  isShared: boolean,
): Router {
  const router = express.Router(exactPaths);
  const known = requireClient(parts.client, limit);
  const ask = introspection(parts, createRefresher(parts));
  if (isShared && parts.programs !== undefined) router.post(tokenPath, programsFirst);
  return addEndpoints(router, {
    [introspectionPath]: { POST: [known, form(introspectionForm), ask] },
    [revocationsPath]: { POST: [known, form(revocationsForm), revocations.answer] },
    [tokenPath]: { POST: [known, form(tokenForm), tokenEndpoint(parts)] },
    [handshakePath]: { POST: [known, form(handshakeForm), handshake(parts)] },
  });
}

// What operators ask: it is here only where there is a secret for it, and a port that browsers do not reach.
function forOperators(parts: Parts, { adminSecrets }: AuthSettings, limit: RateLimit): Router {
  const router = express.Router(exactPaths);
  if (adminSecrets === undefined) return router;
  const known = requireOperator(adminSecrets, limit);
  return addEndpoints(router, {
    [adminSessionsPath]: { GET: [known, listSessions(parts)] },
    [adminRevocationPath]: { POST: [known, json(revocation), revokeSessions(parts)] },
  });
}

// What anybody may ask: each address so often, and all together so much at a time.
function forBrowsers(parts: Parts, limit: RateLimit): Router {
  const router = express.Router(exactPaths);
  const work = createUnauthenticatedWork();
  const atWork = (handler: Handler): Handler => inPlace(handler, work);
  // Before the limit: programs ask for keys, many of them from one address.
  const jwks: Handler = (_req, res) => replyJwks(res, parts.jwks);
  addEndpoints(router, {
    [ownEndpoints.jwks.path]: { GET: [jwks] },
    [ownEndpoints.wellKnownJwks.path]: { GET: [jwks] },
  });
  const { programs } = parts;
  if (programs !== undefined) router.use(programKeys(programs));
  // Before the limit, too: a provider is one address, and what it says is believed by its signature.
  for (const { slug, readLogoutToken } of parts.providers.values()) {
    if (readLogoutToken === undefined) continue;
    const end = atWork(backChannelLogout(slug, readLogoutToken, parts));
    addEndpoints(router, {
      [`/${slug}/backchannel_logout`]: { POST: [refusalsLimited(limit, form(logoutForm), end)] },
    });
  }
  router.use(limited(limit), cookieParser());
  const ownPageOnly = requireSameOrigin(parts.origin);
  const fromOwnPage = (handler: Handler) => [ownPageOnly, form(accountForm), atWork(handler)];
  addEndpoints(router, {
    '/': { GET: [atWork(home(parts))] },
    [accountPath]: { GET: [visitsOnly, atWork(showAccount(parts))] },
    [endOnePath]: { POST: fromOwnPage(endOne(parts)) },
    [endProgramPath]: { POST: fromOwnPage(endOneProgram(parts)) },
    [endAllPath]: { POST: fromOwnPage(endAll(parts)) },
    '/robots.txt': { GET: [(_req, res) => replyText(res, 200, 'User-agent: *\nDisallow: /\n')] },
  });
  if (programs !== undefined) router.use(programRoutes({ ...parts, programs }, atWork));
  for (const provider of parts.providers.values()) {
    router.use(`/${provider.slug}`, providerRoutes(provider, parts, atWork));
  }
  return router;
}

function providerRoutes(provider: Provider, parts: Parts, atWork: (handler: Handler) => Handler): Router {
  return addEndpoints(express.Router(exactPaths), {
    '/sign_in': { GET: [visitsOnly, atWork(signIn(provider, parts))] },
    '/start': { GET: [visitsOnly, atWork(start(provider, parts))] },
    '/callback': { GET: [visitsOnly, atWork(callback(provider, parts))] },
    '/sign_out': {
      GET: [atWork(askSignOut(provider, parts))],
      POST: [requireSameOrigin(parts.origin), form(signOutForm), atWork(signOut(provider, parts))],
    },
  });
}

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

function nothingHere(): never {
  throw new HttpError('not_found');
}

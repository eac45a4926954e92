import { serverComponent } from '@latchkey/admin';
import type { Component, Readiness } from '@latchkey/admin';
import { clockFrom, createRateLimit, HttpError, listenError, startServer } from '@latchkey/http';
import type { Handlers, RunningServer } from '@latchkey/http';
import { startTracing } from '@latchkey/telemetry';
import type { Audit, Registry } from '@latchkey/telemetry';
import type { AuthSettings } from '@latchkey/settings';
import express from 'express';
import type { Express } from 'express';
import type { Logger } from 'pino';
import type { Strangers } from './authorization-server/document/documents.ts';
import { betweenServices, forBrowsers, forOperators } from './endpoints.ts';
import { createParts } from './parts.ts';
import type { Parts } from './parts.ts';
import { startAuthTelemetry } from './telemetry/start.ts';
import { createRevocationsEndpoint } from './service-endpoints/revocations.ts';
import { SettingsError } from './settings-error.ts';
import { openStore } from './store/open.ts';
import { answerErrors } from './web/failure.ts';
import { front } from './web/front.ts';
import { refuseForeignPages } from './web/cross-site.ts';
import { sharedCount } from './web/limits.ts';
import { actionsOf, routerOf } from './web/routing.ts';
import type { EndpointGroup } from './web/routing.ts';

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
  const limit = createRateLimit({ perMinute: requestsPerMinute, log, ...sharedCount(shared) });
  const isShared = internalPort === undefined;
  const forProxy = betweenServices(parts, { limit, revocations, isShared });
  const inside = [forProxy, forOperators(parts, settings, limit)];
  const outside = forBrowsers(parts, limit);
  const actionOf = actionsOf([...inside, ...outside]);
  const serve = (onPort: number, groups: readonly EndpointGroup[]): Promise<RunningServer> =>
    listen(onPort, { ...settings.server, onStop: revocations.close }, ({ ready }) => {
      const first = front(
        { ...parts, tracer, secure: parts.cookies.own.secure },
        { readiness: () => componentsOf(ready(), parts), trustedProxies, actionOf },
      );
      return {
        request: createApp().use(
          first,
          refuseForeignPages,
          ...groups.map(routerOf),
          nothingHere,
          answerErrors(log),
        ),
      };
    });

  const internal =
    internalPort === undefined
      ? undefined
      : await serve(internalPort, inside).catch((error: unknown) => {
          throw new SettingsError([listenError(error, internalPort, 'SERVER_INTERNAL_PORT')]);
        });
  const running = await serve(port, isShared ? [forProxy, ...outside] : outside);
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

function nothingHere(): never {
  throw new HttpError('not_found');
}

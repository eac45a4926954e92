import { clockFrom, HttpError, replyText, startServer } from '@latchkey/http';
import type { Registry, RunningServer } from '@latchkey/http';
import type { AuthSettings } from '@latchkey/settings';
import cookieParser from 'cookie-parser';
import express from 'express';
import type { Express, Router } from 'express';
import type { Logger } from 'pino';
import { createContext } from './context.ts';
import type { Context } from './context.ts';
import { tokenEndpoint } from './hand-off/endpoint.ts';
import { home } from './home.ts';
import type { Provider } from './providers/provider.ts';
import { startRecording } from './record/start.ts';
import { introspection } from './session/endpoint.ts';
import { createRefresher } from './session/refresh.ts';
import { callback } from './sign-in/callback.ts';
import { signIn } from './sign-in/sign-in.ts';
import { start } from './sign-in/start.ts';
import { askSignOut, signOut } from './sign-out/sign-out.ts';
import { answerErrors } from './web/failure.ts';
import { front } from './web/front.ts';
import type { Handler } from './web/locals.ts';

/** What auth is started with. */
export type AuthOptions = {
  readonly settings: AuthSettings;
  readonly log: Logger;
  /** for Prometheus, where it reads one */
  readonly registry?: Registry;
  /** the clock, for tests */
  readonly now?: () => number;
  readonly elapsed?: () => number;
  /** how long each question to a provider may take, milliseconds */
  readonly providerTimeoutMs?: number;
};

const formLimit = '64kb';
// A proxy names every group that its routes name.
const introspectionLimit = '1mb';

/**
 * Starts auth.
 *
 * @throws SettingsError when the settings cannot work together, or the `listen` error
 */
export async function startAuth(options: AuthOptions): Promise<RunningServer> {
  const { settings, log, registry, providerTimeoutMs = 5_000 } = options;
  const clock = clockFrom(options);
  const recording = startRecording({ settings, registry, log });
  const context = createContext(settings, { log, tell: recording.tell, ...clock, providerTimeoutMs });
  const { server } = settings;
  const running = await startServer(
    ({ ready }) => {
      const { trustedProxies } = server;
      const first = front(context, { ready, trustedProxies });
      return { request: createApp().use(first, routes(context), answerErrors(log)) };
    },
    {
      port: server.port,
      address: server.address,
      timeouts: {
        readMs: server.readTimeoutMs,
        writeMs: server.writeTimeoutMs,
        requestMs: server.requestTimeoutMs,
        drainMs: server.drainMs,
        shutdownMs: server.shutdownTimeoutMs,
      },
    },
  );
  return {
    ...running,
    async stop() {
      await running.stop();
      await recording.close();
    },
  };
}

function createApp(): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  return app;
}

function routes(context: Context): Router {
  const router = express.Router(exactPaths);
  const form = formUpTo(formLimit);
  const ask = introspection(context, createRefresher(context));
  router.route('/oauth2/introspect').post(formUpTo(introspectionLimit), ask).all(onlyMethods('POST'));
  router.route('/oauth2/token').post(form, tokenEndpoint(context)).all(onlyMethods('POST'));
  router.use(cookieParser());
  router.route('/').get(home(context)).all(onlyMethods('GET, HEAD'));
  router
    .route('/robots.txt')
    .get((_req, res) => replyText(res, 200, 'User-agent: *\nDisallow: /\n'))
    .all(onlyMethods('GET, HEAD'));
  for (const provider of context.providers.values()) {
    router.use(`/${provider.slug}`, providerRoutes(provider, context, form));
  }
  router.use(() => {
    throw new HttpError('not_found');
  });
  return router;
}

function providerRoutes(provider: Provider, context: Context, form: express.RequestHandler): Router {
  const router = express.Router(exactPaths);
  const pages: ReadonlyArray<readonly [string, Handler]> = [
    ['/sign_in', signIn(provider, context)],
    ['/start', start(provider, context)],
    ['/callback', callback(provider, context)],
  ];
  for (const [path, handler] of pages) router.route(path).get(handler).all(onlyMethods('GET, HEAD'));
  router
    .route('/sign_out')
    .get(askSignOut(provider, context))
    .post(form, signOut(provider, context))
    .all(onlyMethods('GET, HEAD, POST'));
  return router;
}

function formUpTo(limit: string): express.RequestHandler {
  return express.text({ type: 'application/x-www-form-urlencoded', limit });
}

const exactPaths = { caseSensitive: true, strict: true };

function onlyMethods(allowed: string) {
  return function refuseMethod(): never {
    throw new HttpError('method_not_allowed', { headers: { Allow: allowed } });
  };
}

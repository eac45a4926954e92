import { errors, errorJson, operatorClaim, operatorClaimHeader } from '@latchkey/contract';
import {
  createRateLimit,
  HttpError,
  newRequestId,
  replyJson,
  replyText,
  startServer,
  trustPeers,
} from '@latchkey/http';
import type { RunningServer } from '@latchkey/http';
import { exposition } from '@latchkey/telemetry';
import type { Audit, Registry } from '@latchkey/telemetry';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { challenge, isOperator } from './credential.ts';
import type { OpenEndpoint, OperatorEndpoints } from './endpoint.ts';
import { logLevelEndpoint } from './log-level.ts';
import { pathOf } from './query.ts';
import { isReady, readinessJson } from './readiness.ts';
import type { Readiness } from './readiness.ts';

/** What the port is opened with. */
export type AdminOptions = {
  readonly port: number;
  /** one of the machine's; default: all */
  readonly address?: string | undefined;
  readonly log: Logger;
  /** absent where there is none */
  readonly audit?: Pick<Audit, 'write'> | undefined;
  readonly readiness: Readiness;
  readonly registry: Registry;
  /** of operators; absent: there are none, and nothing for them */
  readonly secrets?: readonly string[] | undefined;
  /** what operators may ask besides the level of the log */
  readonly endpoints?: OperatorEndpoints;
};

// Long enough for a scrape of many series over a slow line.
const timeouts = { readMs: 10_000, writeMs: 10_000, requestMs: 30_000, shutdownMs: 0 };
// Of wrong secrets. None of these is short enough to be found by trying; a line for each try would fill a disk.
const wrongPerMinute = 30;
// Nothing is in front of this port that could say for whom it asks.
const trust = trustPeers([]);

/**
 * Opens the port for machines and operators inside. It is a listener of its own: who may see the applications must not see how
 * they are used (CVE-2022-24797). Under whatever name it is asked, because a Prometheus asks by address; so nothing here is
 * readable for a page of another origin, or kept.
 *
 * @throws the `listen` error
 */
export async function startAdmin(options: AdminOptions): Promise<RunningServer> {
  const { port, address, log, audit, secrets } = options;
  const open = openEndpoints(options);
  const limit = createRateLimit({ perMinute: wrongPerMinute, log });
  const forOperators = new Map(
    secrets === undefined
      ? []
      : Object.entries({ '/log-level': logLevelEndpoint(log), ...options.endpoints }),
  );

  async function requireOperator(req: IncomingMessage, asked: { client: string; request: string }) {
    if (isOperator(req.headers.authorization, secrets ?? [])) return;
    await limit(req, asked.client);
    const reason = 'operator_refused';
    audit?.write({ event: 'credentials_refused', outcome: 'refused', reason, ...asked });
    throw new HttpError(reason, { headers: challenge });
  }

  async function serve(req: IncomingMessage, res: ServerResponse, id: string): Promise<void> {
    const path = pathOf(req.url ?? '');
    const { client } = trust.read(req);
    const asked = { client, request: id };
    const anybodys = open.get(path);
    if (anybodys !== undefined) {
      refuseOthers(req, 'GET, HEAD');
      const isForOperator = secrets !== undefined && req.headers.authorization !== undefined;
      if (isForOperator) await requireOperator(req, asked);
      return anybodys.answer(res, isForOperator);
    }
    const endpoint = forOperators.get(path);
    if (endpoint === undefined) throw new HttpError('not_found');
    await requireOperator(req, asked);
    refuseOthers(req, endpoint.methods);
    const [{ action }, operator] = [endpoint, claimOf(req)];
    const line = { audit: 'operator', id, client, operator_claim: operator, action };
    const entry = { event: 'operator', action, operator, ...asked } as const;
    try {
      const { answer, written, audited } = await endpoint.handle(req);
      log.warn({ ...line, ...written }, 'operator');
      audit?.write({ ...entry, outcome: 'done', ...audited });
      return replyJson(res, 200, answer);
    } catch (error) {
      log.warn({ ...line, error: codeOf(error) }, 'operator');
      audit?.write({ ...entry, outcome: 'failed', reason: codeOf(error) });
      throw error;
    }
  }

  const server = await startServer(
    () => ({
      request(req, res) {
        const id = newRequestId();
        res.setHeader('Cache-Control', 'no-store');
        res.setHeader('X-Content-Type-Options', 'nosniff');
        serve(req, res, id).catch((error: unknown) => replyError(req, res, error, { id, log }));
      },
    }),
    { port, address, timeouts },
  );
  const operators =
    secrets === undefined ? 'nobody: ADMIN_SECRET is not set' : [...forOperators.keys()].join(', ');
  log.info({ port: server.port, operators }, 'the admin port is open');
  return server;
}

function openEndpoints({ readiness, registry }: AdminOptions): ReadonlyMap<string, OpenEndpoint> {
  return new Map<string, OpenEndpoint>([
    ['/healthz', { answer: (res) => replyText(res, 200, 'alive\n') }],
    [
      '/readyz',
      {
        answer(res, isForOperator) {
          const components = readiness();
          replyJson(res, isReady(components) ? 200 : 503, readinessJson(components, isForOperator));
        },
      },
    ],
    [
      '/metrics',
      {
        async answer(res) {
          const { contentType, text } = await exposition(registry, res.req.headers.accept);
          res.setHeader('Content-Type', contentType);
          res.end(text);
        },
      },
    ],
  ]);
}

function refuseOthers({ method = '' }: IncomingMessage, allowed: string): void {
  if (!allowed.split(', ').includes(method)) {
    throw new HttpError('method_not_allowed', { headers: { Allow: allowed } });
  }
}

function replyError(
  req: IncomingMessage,
  res: ServerResponse,
  error: unknown,
  { id, log }: { id: string; log: Logger },
): void {
  const code = codeOf(error);
  const { detail, headers = {} } = error instanceof HttpError ? error : {};
  const line = { id, path: pathOf(req.url ?? ''), client: trust.read(req).client, error: code };
  if (code === 'internal_error') log.error({ ...line, err: error }, 'unexpected error');
  // Of the rest, what an operator asked has left its line, and anyone who reaches the port could ask for as many as they like.
  else if (code === 'operator_refused') log[errors[code].level](line, 'refused at the admin port');
  if (res.headersSent) return void res.destroy();
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  // What is refused unread is not read to its end either.
  if (!req.complete) res.setHeader('Connection', 'close');
  replyJson(res, errors[code].status, {
    ...errorJson({ code, requestId: id }),
    ...(detail !== undefined && { detail }),
  });
}

function codeOf(error: unknown): HttpError['code'] {
  return error instanceof HttpError ? error.code : 'internal_error';
}

function claimOf({ headers }: IncomingMessage): string | undefined {
  const claim = headers[operatorClaimHeader];
  return typeof claim === 'string' && operatorClaim.test(claim) ? claim : undefined;
}

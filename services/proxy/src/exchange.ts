import type { Decision, Principal } from '@latchkey/access';
import type { Identified, Outcome, Pending } from '@latchkey/admission';
import type { ErrorCode } from '@latchkey/contract';
import type { Span } from '@latchkey/telemetry';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { RequestRecord } from './telemetry/request-record.ts';
import type { KnownSession } from './authn/session-state.ts';

/** What a request comes with, before the first stage. */
export type Received = {
  readonly id: string;
  /** by which AWS X-Ray knows it */
  readonly amznTraceId: string | undefined;
  /** where tracing is on */
  readonly span: Span | undefined;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** by `performance.now()` */
  readonly startedAt: number;
};

/**
 * One request on its way, for the record. What a stage finds out is a value, and the next stage takes it: `Incoming`, then
 * `Outcome`, then `Leaving`. No stage reads here what another has left, so each field is absent until it is known.
 */
export type Exchange = Received & Found & Failed & Progress;

/** Stages 2 to 7, or an endpoint of ours in their place. */
type Found = {
  /** a server in front asks about a request that it forwards by itself; all else here is about that one */
  isQuestion?: true;
  /** what becomes of it, or what is settled of that by now */
  outcome?: Outcome<KnownSession> | Pending<KnownSession>;
  /** what an endpoint of ours has found out about who asks it */
  principal?: Principal;
  decision?: Decision;
};

/** What answers it, and stages 8 and 9. */
type Failed = {
  /** once an answer of ours begins, on a route that takes tokens: where a program learns how to get one (RFC 9728) */
  resourceMetadata?: string;
  error?: ErrorCode;
  /** in words, for the log */
  detail?: string;
};

/** From stage 8 to stage 10. */
type Progress = {
  /** where tracing is on, from when it leaves for the application */
  upstream?: Span | undefined;
  /** when it became an open WebSocket, in milliseconds that never jump */
  openedAt?: number;
  /** where it stands among those that go on after they were let in (`ongoing.ts`) */
  ongoingAt?: number | undefined;
  /** it is over, and that was emitted */
  isRecorded?: true;
};

/** Begins with a request, under an id that it has already or is given now. */
export function openExchange(
  req: IncomingMessage,
  res: ServerResponse,
  { id, amznTraceId, span }: Pick<Received, 'id' | 'amznTraceId' | 'span'>,
): Exchange {
  return { id, amznTraceId, span, req, res, startedAt: performance.now() };
}

/** What is emitted of an exchange. */
export function recordOf(exchange: Exchange): RequestRecord {
  const { id, amznTraceId, span, outcome, error, detail } = exchange;
  return {
    id,
    amznTraceId,
    span,
    isHealthCheck: outcome?.kind === 'health_check',
    isQuestion: exchange.isQuestion === true,
    request: outcome?.request,
    route: outcome?.route,
    decision: exchange.decision ?? outcome?.decision,
    principal: exchange.principal ?? outcome?.identified?.principal,
    session: sessionOf(exchange)?.session,
    error,
    detail,
  };
}

/** The session that a request came with, if any. */
export function sessionOf({ outcome }: Exchange): KnownSession | undefined {
  const identified = outcome?.identified;
  return identified?.kind === 'person' ? identified.session : undefined;
}

/** Has the record say what is wrong with the credential that came. */
export function noteFlaw(exchange: Exchange, { principal }: Pick<Identified<unknown>, 'principal'>): void {
  if (principal.kind === 'visitor' && principal.flaw !== undefined) exchange.detail = principal.flaw;
}

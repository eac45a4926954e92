import { isTransient } from '@latchkey/access';
import type { Decision, Principal } from '@latchkey/access';
import type { ErrorCode } from '@latchkey/contract';
import type { CanonicalRequest } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import type { Span } from '@latchkey/telemetry';
import type { Route } from '@latchkey/upstreams';

/** What is recorded of one request, as far as it came. */
export type RequestRecord = {
  readonly id: string;
  readonly amznTraceId?: string | undefined;
  readonly span?: Span | undefined;
  /** nothing else is known of it */
  readonly isHealthCheck?: boolean;
  /** a server in front asked about it, and forwards it by itself */
  readonly isQuestion?: boolean;
  readonly request?: CanonicalRequest | undefined;
  readonly route?: Route | undefined;
  readonly decision?: Decision | undefined;
  readonly principal?: Principal | undefined;
  /** what a person is known by */
  readonly session?: Session | undefined;
  readonly error?: ErrorCode | undefined;
  readonly detail?: string | undefined;
};

/** Whether a principal that is known was refused, by a decision about it. */
export function isRefused({ decision, principal }: Pick<RequestRecord, 'decision' | 'principal'>): boolean {
  const isKnown = principal !== undefined && principal.kind !== 'visitor';
  return isKnown && decision?.allow === false && !isTransient(decision.reason);
}

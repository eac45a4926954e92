import { newRequestId } from '@latchkey/http';
import type { CanonicalRequest, ErrorCode } from '@latchkey/http';
import type { Decision, Subject } from '@latchkey/access';
import type { Route } from '@latchkey/upstreams';
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Tell } from './events.ts';

/** What is found out about one request while it passes the stages; it is told at the end. */
export type RequestRecord = {
  readonly id: string;
  request?: CanonicalRequest;
  route?: Route;
  decision?: Decision;
  subject?: Subject;
  error?: ErrorCode;
  detail?: string;
  /** Tells that the request is over; later calls do nothing. */
  close(status: number): void;
};

/** Starts the record of a request. */
export function openRecord(req: IncomingMessage, tell: Tell): RequestRecord {
  const startedAt = performance.now();
  const method = req.method ?? '';
  let open = true;

  const record: RequestRecord = {
    id: newRequestId(),
    close(status) {
      if (!open) return;
      open = false;
      tell({ kind: 'request', record, method, status, ms: performance.now() - startedAt });
    },
  };
  return record;
}

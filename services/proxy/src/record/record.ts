import { errors, newRequestId } from '@latchkey/http';
import type { CanonicalRequest, ErrorCode, RequestLine } from '@latchkey/http';
import type { Decision, Subject } from '@latchkey/access';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';

/** What is written down about one request while it passes the stages; one line comes out at its end. */
export type RequestRecord = {
  readonly id: string;
  request?: CanonicalRequest;
  route?: string;
  decision?: Decision;
  subject?: Subject;
  error?: ErrorCode;
  detail?: string;
  /** Writes the line; later calls do nothing. */
  close(status: number): void;
};

/** Starts the record of a request. */
export function openRecord(
  req: IncomingMessage,
  { log, now, enabled }: { log: Logger; now: () => number; enabled: boolean },
): RequestRecord {
  const startedAt = now();
  let open = enabled;

  const record: RequestRecord = {
    id: newRequestId(),
    close(status) {
      if (!open) return;
      open = false;
      log[record.error === undefined ? 'info' : errors[record.error].level](lineOf(status), 'request');
    },
  };
  return record;

  function lineOf(status: number): RequestLine {
    const { request, decision, subject } = record;
    const line: RequestLine = {
      id: record.id,
      method: req.method ?? '',
      status,
      duration: now() - startedAt,
    };
    if (request !== undefined)
      Object.assign(line, { host: request.host, path: request.rawPath, client: request.client });
    if (record.route !== undefined) line.route = record.route;
    if (decision !== undefined) line.reason = decision.reason;
    if (subject?.kind === 'person') line.user = subject.email;
    if (record.error !== undefined) line.error = record.error;
    if (record.detail !== undefined) line.detail = record.detail;
    return line;
  }
}

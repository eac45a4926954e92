import { newRequestId } from '@latchkey/http';
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Tell } from './events.ts';
import type { RequestRecord } from './request-record.ts';

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

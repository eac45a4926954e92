import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Tell } from './events.ts';
import type { RequestRecord } from './request-record.ts';

// What auth is asked about a request has its id. Between the two stand stages that share questions and know of no request.
const underWay = new AsyncLocalStorage<string>();

/** Serves a request: whatever is asked of auth on the way carries its id. */
export function underId<T>({ id }: RequestRecord, serve: () => T): T {
  return underWay.run(id, serve);
}

/** The id of the request that is being served; undefined for what we do by ourselves. */
export function currentRequestId(): string | undefined {
  return underWay.getStore();
}

/** Starts the record of a request, under an id that it has already or is given now. */
export function openRecord(req: IncomingMessage, id: string, tell: Tell): RequestRecord {
  const startedAt = performance.now();
  const method = req.method ?? '';
  let open = true;

  const record: RequestRecord = {
    id,
    close(status) {
      if (!open) return;
      open = false;
      tell({ kind: 'request', record, method, status, ms: performance.now() - startedAt });
    },
  };
  return record;
}

import { under } from '@latchkey/telemetry';
import type { Span } from '@latchkey/telemetry';
import { AsyncLocalStorage } from 'node:async_hooks';

// What auth is asked about a request has its id. Between the two stand stages that share questions and know of no request.
const currentId = new AsyncLocalStorage<string>();

/** Serves a request: whatever is asked of auth on the way carries its id, and is part of its trace. */
export function withRequestId<T>(
  { id, span }: { readonly id: string; readonly span: Span | undefined },
  serve: () => T,
): T {
  return currentId.run(id, span === undefined ? serve : () => under(span, serve));
}

/** The id of the request that is being served; undefined for what we do by ourselves. */
export function currentRequestId(): string | undefined {
  return currentId.getStore();
}

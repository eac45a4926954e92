import { AsyncLocalStorage } from 'node:async_hooks';

// What auth is asked about a request has its id. Between the two stand stages that share questions and know of no request.
const currentId = new AsyncLocalStorage<string>();

/** Serves a request: whatever is asked of auth on the way carries its id. */
export function withRequestId<T>({ id }: { readonly id: string }, serve: () => T): T {
  return currentId.run(id, serve);
}

/** The id of the request that is being served; undefined for what we do by ourselves. */
export function currentRequestId(): string | undefined {
  return currentId.getStore();
}

import { PassThrough } from 'node:stream';
import { hostOf } from '@latchkey/upstreams';
import type { Route, RouteTable, WaitFor } from '@latchkey/upstreams';
import type { Dispatcher } from 'undici';
import { failureOf, SlowError } from '../transport/failure.ts';
import type { Failure } from '../transport/failure.ts';
import { MalformedAnswerError } from '../transport/malformed.ts';
import type { Connections } from '../transport/pool/connections.ts';
import type { Dispatch } from '../transport/pool/pools.ts';

/** A route whose application is waited for. */
export type Waited = Route & { readonly waitFor: WaitFor };

/** What an application answered, or why it gave no answer. */
export type OriginAnswer = { readonly status: number } | Failure;

/** Asks the application of a route what its `wait_for` says, once. It takes the way of any request there; the body is not read. */
export type AskOrigin = (route: Waited, table: RouteTable, withinMs: number) => Promise<OriginAnswer>;

export function createAskOrigin(connections: Pick<Connections, 'take'>): AskOrigin {
  return async function askOrigin(route, table, withinMs) {
    const own = hostOf(route);
    const target = own && table.match(own.host, own.port)?.target;
    if (target === undefined) return failureOf(new Error('the route gives no address'));
    const host = route.preserveHost ? (route.host ?? '') : '';
    const nobody = { person: undefined, sid: undefined, holder: undefined, authenticates: false };
    const taken = await connections.take({ target, route, host, ...nobody }, new PassThrough());
    if (taken === undefined) return failureOf(new SlowError('no free connection', withinMs));
    const headers = ['Host', host || new URL(target.origin).host, 'User-Agent', 'latchkey', 'Accept', '*/*'];
    try {
      return {
        status: await statusOf(taken.dispatch, { path: route.waitFor.path, headers }, withinMs),
      };
    } catch (error) {
      return failureOf(error instanceof Error ? error : new Error('unknown'));
    } finally {
      taken.release();
    }
  };
}

function statusOf(
  dispatch: Dispatch,
  { path, headers }: { path: string; headers: string[] },
  withinMs: number,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let controller: Dispatcher.DispatchController | undefined;
  let isLate = false;
  const late = new SlowError('no answer', withinMs);
  const timer = setTimeout(() => {
    isLate = true;
    controller?.abort(late);
    reject(late);
  }, withinMs);
  dispatch(
    'new',
    { method: 'GET', path, headers, body: null, headersTimeout: 0, bodyTimeout: 0 },
    {
      onRequestStart(started) {
        controller = started;
        if (isLate) started.abort(late);
      },
      onResponseStart(started, status) {
        if (status < 200) return;
        resolve(status);
        started.abort(new Error('the status was all that was asked for'));
      },
      onResponseData: () => undefined,
      onResponseEnd: () => reject(new MalformedAnswerError('it ends before a status of 200 or more')),
      onResponseError: (_, error) => reject(error),
    },
  );
  return promise.finally(() => clearTimeout(timer));
}

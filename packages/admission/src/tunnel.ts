import { ownEndpoints } from '@latchkey/contract';
import type { Incoming } from './incoming.ts';
import type { Routed } from './outcome.ts';

/** Whether a request opens a TCP connection: a WebSocket at the one address for that, on a route to what is not HTTP. */
export function opensTcp({ request, route }: Routed, { kind }: Pick<Incoming, 'kind'>): boolean {
  return route.tcp !== undefined && kind === 'websocket' && request.rawPath === ownEndpoints.tcp.path;
}

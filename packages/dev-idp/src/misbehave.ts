import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from './behaviour.ts';
import { pageHeaders } from './page.ts';

/**
 * Does what a fault says in place of an answer, or before it.
 *
 * @param signal ends a delay
 * @returns whether the request has been answered
 */
export async function misbehave(
  fault: Fault | undefined,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<boolean> {
  if (!fault) return false;
  if (fault.delayMs !== undefined) await wait(fault.delayMs, undefined, { signal });
  if (fault.hangUp) {
    response.destroy();
    return true;
  }
  if (!fault.answer) return false;
  const { status, body, headers } = fault.answer;
  if (typeof body === 'string') response.writeHead(status, { ...pageHeaders, ...headers }).end(body);
  else
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  return true;
}

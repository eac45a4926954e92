import type { Hop } from '@latchkey/testing/browser';
import { lostHeader } from './balancer.ts';

/** What an application should have received. */
export type Expected = { readonly email: string; readonly mark: string; readonly sent: string };

/**
 * How a request ended. `in flight`: on a task that ended before it answered; `refused`: sent to a task that is not there, since the
 * balancer has not noticed as yet.
 */
export type Outcome =
  | 'ok'
  | 'in flight'
  | 'refused'
  | 'signed out'
  | 'somebody else'
  | 'garbled'
  | 'no answer'
  | 'cut off'
  | `status ${number}`;

/** The outcome of one, and of which task where the balancer gave it up. */
export type Ended = { readonly outcome: Outcome; readonly port?: number };

/** Reads an answer. */
export function endOf({ status, headers, body, location }: Hop, expected: Expected): Ended {
  const lost = [headers[lostHeader] ?? []].flat()[0];
  if (lost !== undefined) return lostAt(lost);
  if (status === 401 || (status === 302 && location?.includes('/sign_in') === true))
    return { outcome: 'signed out' };
  if (status !== 200) return { outcome: `status ${status}` };
  return { outcome: read(body, expected) };
}

function lostAt(header: string): Ended {
  const { port, connected } = /:(?<port>\d+) (?<connected>\S+)/.exec(header)?.groups ?? {};
  return { outcome: connected === '-' ? 'refused' : 'in flight', port: Number(port) };
}

function read(body: string, { email, mark, sent }: Expected): Outcome {
  const received = parsed(body);
  if (received === undefined) return 'garbled';
  if (received['email'] !== email || received['asserted'] !== email) return 'somebody else';
  return received['mark'] === mark && received['sent'] === sent ? 'ok' : 'garbled';
}

function parsed(body: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

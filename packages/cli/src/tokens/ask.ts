import { CallError } from '@latchkey/http';
import type { Answer, Call } from '@latchkey/http';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import type { Io } from '../io.ts';
import { Failure } from '../exit.ts';
import { isLoopback } from './resource.ts';

const timeoutMs = 15_000;

// Browsers and curl go to this machine for `app.localhost` by themselves; resolvers often know no such name.
const lookupHere: LookupFunction = function lookupHere(_, { all }, found) {
  const [here, also] = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  if (all === true) found(null, [here, also]);
  else found(null, here.address, here.family);
};

const thisMachine = new Agent({ connect: { lookup: lookupHere } });

/** How the host of an address is looked up, where a resolver may not know it. */
export function lookupFor({ hostname }: URL): LookupFunction | undefined {
  return hostname.endsWith('localhost') && isLoopback(hostname) ? lookupHere : undefined;
}

/**
 * Asks an application or auth: bounded in time and size, and where it was meant to go, since a redirect is not followed.
 *
 * @throws Failure
 */
export async function ask(io: Io, made: Omit<Call, 'timeoutMs' | 'dispatcher'>): Promise<Answer> {
  const isNamed = lookupFor(made.url) !== undefined;
  try {
    return await io.call({ ...made, timeoutMs, ...(isNamed && { dispatcher: thisMachine }) });
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    throw new Failure(`${made.url.origin} does not answer (${error.reason})`, { cause: error });
  }
}

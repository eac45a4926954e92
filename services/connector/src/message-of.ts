import { isNativeError } from 'node:util/types';

/** What an error says. What Node itself throws can be of another realm, where `instanceof` knows none. */
export function messageOf(error: unknown): string {
  return isNativeError(error) ? error.message : 'unknown';
}

import { HttpError } from '@latchkey/http';

/** An address is what it is, and not what resembles it. */
export const exactPaths = { caseSensitive: true, strict: true };

/** Refuses every method for which an address has no handler. */
export function onlyMethods(allowed: string) {
  return function refuseMethod(): never {
    throw new HttpError('method_not_allowed', { headers: { Allow: allowed } });
  };
}

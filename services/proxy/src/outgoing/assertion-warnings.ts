import { assertionHeaderName } from '@latchkey/identity';
import type { Route } from '@latchkey/upstreams';

/** What to warn of where there is no key for the assertions that routes ask for. */
export function assertionWarnings(routes: readonly Route[]): string[] {
  const waiting = routes.filter(
    ({ assertionHeader, assertionClaims }) =>
      assertionHeader.name !== assertionHeaderName || assertionClaims.length > 0,
  );
  if (waiting.length === 0) return [];
  const names = waiting.map(({ id }) => id).join(', ');
  return [
    `ASSERTION_KEY: not set, so these routes get no assertion although their options ask for one: ${names}`,
  ];
}

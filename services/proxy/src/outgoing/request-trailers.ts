import { requestName } from './request-headers.ts';
import type { RequestPlan } from './request-headers.ts';
import { neverTrailing } from './never-trailing.ts';
import { hopByHop } from './hop-by-hop.ts';

/**
 * What of the fields behind a body travels on. An application that adds them to the headers would believe what they say, so
 * what is no header that a caller may send is no trailer either.
 */
export function requestTrailers(
  rawTrailers: readonly string[],
  { ownNames, isStripped, deviceHeaders }: Pick<RequestPlan, 'ownNames' | 'isStripped' | 'deviceHeaders'>,
): string[] {
  const hops = hopByHop(rawTrailers);
  const trailers: string[] = [];
  for (let at = 0; at + 1 < rawTrailers.length; at += 2) {
    const name = rawTrailers[at] ?? '';
    const { lower, folded, fate } = requestName(name);
    if (fate !== 'keep' || hops.has(lower) || neverTrailing.has(lower)) continue;
    if (ownNames.has(folded) || isStripped?.(folded) === true || deviceHeaders?.has(folded) === true)
      continue;
    trailers.push(name, rawTrailers[at + 1] ?? '');
  }
  return trailers;
}

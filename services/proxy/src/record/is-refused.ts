import { isTransient } from '@latchkey/access';
import type { RequestRecord } from './request-record.ts';

/** Tells whether somebody who is known was refused, by a decision about them. */
export function isRefused({ decision, principal }: Pick<RequestRecord, 'decision' | 'principal'>): boolean {
  const isKnown = principal !== undefined && principal.kind !== 'visitor';
  return isKnown && decision?.allow === false && !isTransient(decision.reason);
}

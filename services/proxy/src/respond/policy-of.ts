import type { Decision } from '@latchkey/access';

/** What a program learns of the rule that refuses it, where it has a name. */
export function policyOf({ written }: Pick<Decision, 'written'>): { policy?: string; detail?: string } {
  if (written === undefined) return {};
  const { name, message } = written;
  return { policy: name, ...(message !== undefined && { detail: message }) };
}

import type { Asserted, VerifyAssertion } from './assertion.ts';
import type { Refused } from './refusal.ts';
import type { CheckedRequest, ConnectorRule } from './rule.ts';

/** Tells who asks for an application by their assertion, and whether they may. */
export type AdmitPerson = (
  token: string | undefined,
  audiences: readonly string[],
  asked: CheckedRequest,
) => Promise<Asserted | Refused>;

/** @param parts.rule has to hold besides */
export function createAdmitPerson({
  verify,
  rule,
}: {
  verify: VerifyAssertion;
  rule: ConnectorRule | undefined;
}): AdmitPerson {
  return async function admitPerson(token, audiences, asked) {
    if (token === undefined) return { why: 'missing', detail: 'there is none, or more than one' };
    const found = await verify(token, audiences);
    if ('why' in found || rule === undefined || rule.holds(found, asked)) return found;
    return { why: 'rule', rule: rule.text, detail: `${found.email}: ${rule.facts(found, asked)}` };
  };
}

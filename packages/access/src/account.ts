/** What a provider says about an account, as far as it decides who may sign in. */
export type AccountClaims = { readonly email: string | undefined; readonly emailVerified: boolean };

/** Whose e-mail address may sign in at all, in lower case. `*` as the only entry of a list lets everybody in. */
export type AccountRules = {
  readonly emailDomains: readonly string[];
  readonly emailAddresses: readonly string[];
};

/** The e-mail address that stands for a person from here on, or why there is none. */
export type AccountDecision =
  | { readonly admitted: true; readonly email: string }
  | {
      readonly admitted: false;
      readonly code: 'email_unverified' | 'account_refused';
      /** as the provider wrote it where it stands for nobody: to show, and for the log */
      readonly email?: string;
      /** what of the address itself keeps it out, as a sentence: for the person, and for the log */
      readonly flaw?: string;
    };

// One `@` with something on both sides, printable ASCII only. `attacker@evil.com@company.com` has two readings
// (CVE-2026-40574), and letters outside ASCII fold onto ASCII ones (U+212A becomes a `k` in lower case).
const plainAddress = /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/;
// RFC 5321, section 4.5.3.1.3: a path is at most 256 octets, two of which are its brackets.
const longestAddress = 254;

/**
 * Why no rule can admit an address, as a sentence that says nothing of it; undefined where rules decide.
 *
 * @param email as the provider writes it: lower case hides what it was
 */
export function flawOfAddress(email: string): string | undefined {
  if (email.length > longestAddress) return 'No rule admits an e-mail address of more than 254 characters.';
  if (plainAddress.test(email)) return undefined;
  return /[^\0-\x7f]/.test(email)
    ? 'No rule admits an e-mail address with letters outside ASCII, such as an umlaut or an accent: some of them can be read as others.'
    : 'No rule admits an e-mail address that does not have one @, with something on either side and no blanks.';
}

/** Decides whether a person may sign in, from what the provider says. */
export function admitAccount(
  { email: given, emailVerified }: AccountClaims,
  rules: AccountRules,
): AccountDecision {
  if (given === undefined) return { admitted: false, code: 'email_unverified' };
  const flaw = flawOfAddress(given);
  // Too long to be shown or logged.
  if (flaw !== undefined && given.length > longestAddress) {
    return { admitted: false, code: 'account_refused', flaw };
  }
  if (!emailVerified) return { admitted: false, code: 'email_unverified', email: given };
  if (flaw !== undefined) return { admitted: false, code: 'account_refused', email: given, flaw };
  const email = given.toLowerCase();
  return isAdmitted(email, rules)
    ? { admitted: true, email }
    : { admitted: false, code: 'account_refused', email };
}

/** Tells whether an address, in lower case, may sign in: either list suffices, and no list lets nobody in. */
export function isAdmitted(email: string, { emailDomains, emailAddresses }: AccountRules): boolean {
  const domain = email.slice(email.indexOf('@') + 1);
  return isListed(domain, emailDomains) || isListed(email, emailAddresses);
}

function isListed(value: string, list: readonly string[]): boolean {
  return (list.length === 1 && list[0] === '*') || list.includes(value);
}

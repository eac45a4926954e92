/** What a provider says about an account, as far as it decides who may sign in. */
export type Account = { readonly email: string | undefined; readonly emailVerified: boolean };

/** Whose e-mail address may sign in at all, in lower case. `*` as the only entry of a list lets everybody in. */
export type AccountRules = {
  readonly emailDomains: readonly string[];
  readonly emailAddresses: readonly string[];
};

/** The e-mail address that stands for a person from here on, or why there is none. */
export type Admission =
  | { readonly admitted: true; readonly email: string }
  | {
      readonly admitted: false;
      readonly code: 'email_unverified' | 'account_refused';
      /** as the provider wrote it where it stands for nobody: to show, and for the log */
      readonly email?: string;
      /** for the log */
      readonly detail?: string;
    };

// One `@` with something on both sides, printable ASCII only. `attacker@evil.com@company.com` has two readings
// (CVE-2026-40574), and letters outside ASCII fold onto ASCII ones (U+212A becomes a `k` in lower case).
const plainAddress = /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/;
// RFC 5321, section 4.5.3.1.3: a path is at most 256 octets, two of which are its brackets.
const longestAddress = 254;

/** Decides whether a person may sign in, from what the provider says. */
export function admitAccount({ email: given, emailVerified }: Account, rules: AccountRules): Admission {
  if (given === undefined) return { admitted: false, code: 'email_unverified' };
  if (given.length > longestAddress) {
    return { admitted: false, code: 'account_refused', detail: 'the address has more than 254 characters' };
  }
  if (!emailVerified) return { admitted: false, code: 'email_unverified', email: given };
  if (!plainAddress.test(given)) {
    return {
      admitted: false,
      code: 'account_refused',
      email: given,
      detail: 'the address is not a plain one',
    };
  }
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

/** The local part of an e-mail address, by which an application knows the person, as with BuzzFeed SSO. */
export function userOf(email: string): string {
  return email.slice(0, email.indexOf('@'));
}

/**
 * The domain of an e-mail address, or undefined where the address does not have exactly one `@` between two
 * non-empty parts (CVE-2026-40574: `attacker@evil.com@company.com` counted as company.com).
 */
export function domainOf(email: string): string | undefined {
  const parts = email.split('@');
  const [local, domain] = parts;
  return parts.length === 2 && local !== '' && domain !== '' ? domain : undefined;
}

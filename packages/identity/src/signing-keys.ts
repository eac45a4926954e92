import { loadAssertionKeys } from './assertion-keys.ts';
import type { AssertionKey } from './assertion-keys.ts';
import { parseGapKey } from './gap-signature.ts';
import type { GapKey } from './gap-signature.ts';
import { loadRsaSigners } from './sso-signature.ts';
import type { RsaSigner } from './sso-signature.ts';

/** The keys that requests to upstreams are signed with. */
export type SigningKeys = {
  /** by the name of the service, in lower case */
  readonly gap: ReadonlyMap<string, GapKey>;
  /** the first signs, all of them are published; there may be none */
  readonly rsa: readonly RsaSigner[];
  /** the first signs assertions, all of them are published; there may be none */
  readonly assertion: readonly AssertionKey[];
};

/** What is wrong with a variable; the message goes on after `variable: `. */
export type KeyProblem = { readonly variable: string; readonly message: string };

const gapKeyName = /^(?<service>.+)_signing_key$/;

/**
 * Reads the signing keys of the environment.
 *
 * @param given.variables `SSO_CONFIG_*`; those that end in `_signing_key` are keys, `algorithm:secret`
 * @param given.rsaKey the PEM text of `REQUESTSIGNER_KEY`: one key, or several one below the other
 * @param given.assertionKey the text of `ASSERTION_KEY`: PEM or JWK, one key or several
 * @returns the keys, or what is wrong with which variable
 */
export function readSigningKeys(given: {
  variables: Readonly<Record<string, string>>;
  rsaKey: string | undefined;
  assertionKey: string | undefined;
}): SigningKeys | { readonly problems: readonly KeyProblem[] } {
  const problems: KeyProblem[] = [];
  const gap = new Map<string, GapKey>();
  for (const [name, text] of Object.entries(given.variables)) {
    const service = gapKeyName.exec(name)?.groups?.['service'];
    if (service === undefined || text === '') continue;
    const key = parseGapKey(text);
    if (!('problem' in key)) gap.set(service, key);
    else
      problems.push({
        variable: `SSO_CONFIG_${name.toUpperCase()}`,
        message: `unable to generate hmac auth for ${service}: ${key.problem}`,
      });
  }
  const rsa = given.rsaKey === undefined ? [] : loadRsaSigners(given.rsaKey);
  if ('problem' in rsa) problems.push({ variable: 'REQUESTSIGNER_KEY', message: rsa.problem });
  const assertion = loadAssertionKeys(given.assertionKey);
  const unusable = problemOf(assertion);
  if (unusable !== undefined) problems.push({ variable: 'ASSERTION_KEY', message: unusable });
  return problems.length > 0 || 'problem' in rsa || 'problem' in assertion
    ? { problems }
    : { gap, rsa, assertion };
}

function problemOf(keys: ReturnType<typeof loadAssertionKeys>): string | undefined {
  if ('problem' in keys) return keys.problem;
  const [first] = keys;
  return first === undefined || first.privateKey !== undefined
    ? undefined
    : 'the first key is a public one and cannot sign: put the private key that signs above it';
}

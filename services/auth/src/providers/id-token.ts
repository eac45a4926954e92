import { HttpError } from '@latchkey/http';
import { createKeySet, KeysAway } from '@latchkey/identity';
import { compactVerify, errors } from 'jose';

/** What a provider publishes about its signatures (OpenID Connect Discovery, section 3). */
export type Published = {
  readonly issuer: string;
  readonly jwks_uri?: string | undefined;
  readonly id_token_signing_alg_values_supported?: readonly string[] | undefined;
};

/** Checks the signature of a token of the issuer. Errors: `provider_failed`, and those of asking for the keys. */
export type CheckSignature = (token: string) => Promise<void>;

/** How the keys are asked for. */
type FetchKeys = (
  url: string,
  about: { method: 'GET'; headers: Record<string, string> },
) => Promise<Response>;

// Every holder of a shared secret can sign with it (HS256), and the client secret is known to us: an ID token that proves
// something is signed with a key that the provider alone has.
const asymmetric = /^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/;

/** Tells whether an algorithm signs with a key pair. */
export function isAsymmetric(algorithm: string): boolean {
  return asymmetric.test(algorithm);
}

// Somebody waits in a browser for it, and has come with a code of the provider.
const retryMs = 1_000;

/**
 * Makes the check of ID tokens and logout tokens against the keys that their issuer publishes. An unknown `kid` has the keys fetched again,
 * though not twice within the cool-down; the words of the token's own header (`jwk`, `jku`, `x5u`) choose no key. While they cannot be
 * had the last ones count, for three hours.
 *
 * openid-client has such a check (`enableNonRepudiationChecks`), inside the very question that replaces a refresh token:
 * where the keys cannot be had, the new refresh token would be lost with the answer, and the person signed out.
 *
 * @param elapsed milliseconds that never jump
 * @throws HttpError `provider_failed` when the provider publishes no keys
 */
export function signatureCheck(
  published: Published,
  fetchKeys: FetchKeys,
  elapsed: () => number,
): CheckSignature {
  const address = addressOfKeys(published);
  let failure: unknown;
  const keys = createKeySet(() => readKeys(address, fetchKeys), {
    elapsed,
    retryMs,
    onFetched: (failed) => void (failure = failed),
  });
  const { id_token_signing_alg_values_supported: supported = ['RS256'] } = published;
  const algorithms = supported.filter(isAsymmetric);

  return async function checkSignature(token) {
    try {
      await compactVerify(token, keys.keyFor, { algorithms });
    } catch (error) {
      const cause = error instanceof KeysAway ? failure : error;
      if (cause instanceof HttpError) throw cause;
      const reason = cause instanceof errors.JOSEError ? cause.code : 'no usable key';
      throw new HttpError('provider_failed', { detail: `the signature of the token: ${reason}`, cause });
    }
  };
}

async function readKeys(address: URL, fetchKeys: FetchKeys): Promise<unknown> {
  const headers = { accept: 'application/json, application/jwk-set+json' };
  const answer = await fetchKeys(address.href, { method: 'GET', headers });
  if (answer.status === 200) return answer.json();
  throw new HttpError('provider_unavailable', { detail: `the keys of the issuer: ${answer.status}` });
}

function addressOfKeys({ issuer, jwks_uri: address }: Published): URL {
  if (address === undefined || !URL.canParse(address)) {
    throw new HttpError('provider_failed', { detail: 'the issuer publishes no keys (jwks_uri)' });
  }
  const url = new URL(address);
  // Keys that come in the clear prove nothing; an issuer on this very machine may do without TLS.
  if (url.protocol !== 'https:' && url.protocol !== new URL(issuer).protocol) {
    throw new HttpError('provider_failed', {
      detail: 'the issuer publishes its keys without TLS (jwks_uri)',
    });
  }
  return url;
}

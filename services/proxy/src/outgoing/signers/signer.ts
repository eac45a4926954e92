import { certs, decodedPath, gapSignature, jwks, readSigningKeys, ssoSignature } from '@latchkey/identity';
import type { AssertionSigner, KeyProblem, SigningKeys } from '@latchkey/identity';
import type { CanonicalRequest } from '@latchkey/http';
import type { Route } from '@latchkey/upstreams';

/** Nothing, so that it streams; or all of it in memory, before anything is sent. */
export type BodyNeed = 'none' | 'buffer';

/**
 * Signs requests to upstreams as BuzzFeed SSO does: an HMAC per service, and an RSA key for all of them. It holds the key of
 * assertions, too, and what verifies them.
 */
export type Signer = {
  /** What signing a request of a route needs of its body. */
  bodyNeed(route: Route): BodyNeed;
  /**
   * The signature headers, as a flat list; of none where requests of the route are not signed.
   *
   * @param headers the flat list that the upstream will receive
   */
  sign(route: Route, request: CanonicalRequest, headers: readonly string[], body: Buffer): string[];
  /** what `/oauth2/v1/certs` answers; empty without an RSA key, as at BuzzFeed SSO */
  readonly certs: string;
  /** undefined where applications get no assertions */
  readonly assertions: AssertionSigner | undefined;
  /** what `/oauth2/v1/jwks` answers; a set of none without a key */
  readonly jwks: string;
};

/**
 * Makes the signer from the keys in the environment.
 *
 * @param options.variables `SSO_CONFIG_*`; those that end in `_signing_key` are keys, `algorithm:secret`
 * @returns the signer, or what is wrong with which variable
 */
export function createSigner(options: {
  variables: Readonly<Record<string, string>>;
  rsaKey: string | undefined;
  assertionKey: string | undefined;
}): { readonly signer: Signer } | { readonly problems: readonly KeyProblem[] } {
  const keys = readSigningKeys(options);
  return 'problems' in keys ? keys : { signer: signerWith(keys) };
}

function signerWith({ gap, rsa, assertion }: SigningKeys): Signer {
  const [signsNow] = rsa;
  const [signsAssertions] = assertion;
  const { privateKey } = signsAssertions ?? {};
  const gapKeyOf = (route: Route) => gap.get(route.service.toLowerCase());

  function bodyNeed(route: Route): BodyNeed {
    const isSigned = !route.skipRequestSigning && (signsNow !== undefined || gapKeyOf(route) !== undefined);
    return isSigned ? 'buffer' : 'none';
  }

  return {
    bodyNeed,
    sign(route, request, headers, body) {
      if (bodyNeed(route) === 'none') return [];
      const signed = {
        method: request.method,
        headers: pairs(headers),
        path: decodedPath(request.rawPath),
        query: request.query.slice(1),
        body,
      };
      const gapKey = gapKeyOf(route);
      const list = gapKey === undefined ? [] : ['Gap-Signature', gapSignature(gapKey, signed)];
      if (signsNow === undefined) return list;
      const { signature, kid } = ssoSignature(signsNow, signed);
      return [...list, 'Sso-Signature', signature, 'kid', kid];
    },
    certs: signsNow === undefined ? '' : certs(rsa),
    assertions: signsAssertions && privateKey && { kid: signsAssertions.kid, privateKey },
    jwks: jwks(assertion),
  };
}

function pairs(flat: readonly string[]): (readonly [string, string])[] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as const] : []));
}

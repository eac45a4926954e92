import { certs, decodedPath, gapSignature, jwks, readSigningKeys, ssoSignature } from '@latchkey/identity';
import type { AssertionSigner, KeyProblem, SigningKeys } from '@latchkey/identity';
import type { Route } from '@latchkey/upstreams';
import type { RequestSigner } from './request-signer.ts';

/**
 * Signs requests to upstreams as BuzzFeed SSO does: an HMAC per service, and an RSA key for all of them. It holds the key of
 * assertions, too, and what verifies them.
 */
export type Signer = RequestSigner & {
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

const noBody = Buffer.alloc(0);

function signerWith({ gap, rsa, assertion }: SigningKeys): Signer {
  const [signsNow] = rsa;
  const [signsAssertions] = assertion;
  const { privateKey } = signsAssertions ?? {};
  const gapKeyOf = (route: Route) => gap.get(route.service.toLowerCase());

  return {
    bodyNeed(route) {
      const isSigned = !route.skipRequestSigning && (signsNow !== undefined || gapKeyOf(route) !== undefined);
      return isSigned ? 'buffer' : undefined;
    },
    sign({ request, route }, headers, body = noBody) {
      const signed = {
        method: request.method,
        headers: pairs(headers),
        path: decodedPath(request.rawPath),
        query: request.query.slice(1),
        body,
      };
      const gapKey = gapKeyOf(route);
      const list = [...headers];
      if (gapKey !== undefined) list.push('Gap-Signature', gapSignature(gapKey, signed));
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

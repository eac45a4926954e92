import type { Forward } from '@latchkey/admission';
import type { ErrorCode } from '@latchkey/contract';
import type { Route } from '@latchkey/upstreams';

/** Nothing, so that it streams; or all of it in memory, before anything is sent. */
export type BodyNeed = 'none' | 'buffer';

/** What of a request is signed beside its headers and its body. */
export type SignedParts = Pick<Forward<unknown>, 'request' | 'route' | 'path'>;

/** The headers of a signed request, a flat list; or why it cannot be signed. */
export type SignOutcome = string[] | { readonly error: ErrorCode; readonly detail: string };

/** Signs requests to applications in one way. */
export type RequestSigner = {
  /** What signing a request of a route needs of its body; undefined: its requests are not signed. */
  bodyNeed(route: Route): BodyNeed | undefined;
  /**
   * Signs a request of such a route.
   *
   * @param headers all that the application would get, a flat list; it gets what is given back in place of those
   * @param body absent where there is none, or nothing of it is needed
   */
  sign(parts: SignedParts, headers: readonly string[], body?: Buffer): SignOutcome | Promise<SignOutcome>;
};

/** Signs in each of these ways, in their order: a later signature may hold the earlier ones. */
export function signInOrder(signers: readonly RequestSigner[]): RequestSigner {
  return {
    bodyNeed(route) {
      let need: BodyNeed | undefined;
      for (const signer of signers) {
        const its = signer.bodyNeed(route);
        if (its === 'buffer') return its;
        need ??= its;
      }
      return need;
    },
    async sign(parts, headers, body) {
      let signed = [...headers];
      for (const signer of signers) {
        if (signer.bodyNeed(parts.route) === undefined) continue;
        const next = await signer.sign(parts, signed, body);
        if (!Array.isArray(next)) return next;
        signed = next;
      }
      return signed;
    },
  };
}

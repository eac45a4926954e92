import { createHash } from 'node:crypto';

/** What auth must know to hand a session over by a code: whose browser waits for it, and which secret redeems it. */
export type CodeRequest = {
  /** names the attempt at the proxy (RFC 6749, section 4.1.1) */
  readonly state: string;
  /** S256 of the secret in that attempt (RFC 7636, section 4.2) */
  readonly codeChallenge: string;
};

const sha256InBase64url = /^[A-Za-z0-9_-]{43}$/;

/** The S256 challenge of a PKCE verifier (RFC 7636, section 4.2). */
export function codeChallengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url');
}

/** Tells whether both parts have the form that our proxy gives them: 32 bytes in base64url each. */
export function isCodeRequest({ state, codeChallenge }: CodeRequest): boolean {
  return sha256InBase64url.test(state) && sha256InBase64url.test(codeChallenge);
}

/** The parameters of a link that asks auth for a code (RFC 6749, section 4.1.1; RFC 7636, section 4.3). */
export function codeRequestParameters({ state, codeChallenge }: CodeRequest): Record<string, string> {
  return { response_type: 'code', state, code_challenge: codeChallenge, code_challenge_method: 'S256' };
}

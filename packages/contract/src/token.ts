import { z } from 'zod';
import { formOf } from './form.ts';
import type { FormParameters } from './form.ts';

/** Where the proxy redeems a code (RFC 6749, section 3.2). */
export const tokenPath = '/oauth2/token';

/** What the proxy shows to redeem a code (RFC 6749, section 4.1.3; RFC 7636, section 4.5). */
export type CodeRedemption = {
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
};

const grantType = 'authorization_code';

/** The question as a form. */
export function tokenForm({ code, redirectUri, codeVerifier }: CodeRedemption): URLSearchParams {
  return formOf({ grant_type: grantType, code, redirect_uri: redirectUri, code_verifier: codeVerifier });
}

/** The question in a form; undefined where it asks for something else than to redeem a code. */
export function readTokenForm(form: FormParameters): CodeRedemption | undefined {
  if (form.one('grant_type') !== grantType) return undefined;
  return {
    code: form.one('code') ?? '',
    redirectUri: form.one('redirect_uri') ?? '',
    codeVerifier: form.one('code_verifier') ?? '',
  };
}

/** The answer (RFC 6749, section 5.1): a session for one host, sealed for the proxy. */
export const tokenResponse = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  /** seconds */
  expires_in: z.number(),
});

/** What auth hands over for a code. */
export type TokenResponse = Readonly<z.infer<typeof tokenResponse>>;

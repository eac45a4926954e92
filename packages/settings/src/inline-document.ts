import { z } from 'zod';
import { secureAddress } from './address.ts';
import { decodeBase64 } from './base64.ts';
import type { GoogleServiceAccount } from './settings.ts';
import { valueType } from './value-types.ts';

const serviceAccountFile = z
  .string()
  .transform(parseJson)
  .pipe(
    z.object({
      client_email: z.string().min(1),
      private_key: z.string().includes('PRIVATE KEY'),
      private_key_id: z.string().min(1).optional(),
      // Google writes this one, always.
      token_uri: secureAddress.schema.default(() => new URL('https://oauth2.googleapis.com/token')),
    }),
  )
  .transform((file): GoogleServiceAccount => ({
    clientEmail: file.client_email,
    privateKey: file.private_key,
    ...(file.private_key_id !== undefined && { keyId: file.private_key_id }),
    tokenUrl: file.token_uri,
  }));

/** A YAML document that stands in the variable itself, plain or in base64. Gives the plain text. */
export const yamlDocument = valueType('YAML or base64', 'the YAML itself, or base64 of it', plainText);

/** The JSON file of a Google service account, plain or in base64. */
export const googleServiceAccount = valueType(
  'JSON or base64',
  'the JSON of a service account with its client_email and private_key, or base64 of it',
  parseGoogleServiceAccount,
);

/** Reads the JSON of a Google service account, plain or in base64; undefined where it is none. */
export function parseGoogleServiceAccount(text: string): GoogleServiceAccount | undefined {
  return serviceAccountFile.safeParse(plainText(text)).data;
}

/**
 * Every document that means something holds a colon or a bracket, and base64 never does, so the two cannot be
 * mistaken for one another. Tools that write base64 break its lines.
 */
export function plainText(text: string): string | undefined {
  const bytes = decodeBase64(text.replaceAll(/\s/g, ''));
  if (bytes === undefined) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Undefined for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

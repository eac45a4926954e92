import { z } from 'zod';
import { decodeBase64 } from './base64.ts';
import { valueType } from './value-types.ts';

/** The key with which Google's directory is asked. */
export type ServiceAccount = { clientEmail: string; privateKey: string };

const serviceAccountFile = z
  .string()
  .transform(parseJson)
  .pipe(z.object({ client_email: z.string().min(1), private_key: z.string().includes('PRIVATE KEY') }))
  .transform(({ client_email, private_key }) => ({ clientEmail: client_email, privateKey: private_key }));

/** A YAML document that stands in the variable itself, plain or in base64. Gives the plain text. */
export const yamlDocument = valueType('YAML or base64', 'the YAML itself, or base64 of it', plainText);

/** The JSON file of a Google service account, plain or in base64. */
export const serviceAccount = valueType(
  'JSON or base64',
  'the JSON of a service account with its client_email and private_key, or base64 of it',
  (text): ServiceAccount | undefined => serviceAccountFile.safeParse(plainText(text)).data,
);

/**
 * Every document that means something holds a colon or a bracket, and base64 never does, so the two cannot be
 * mistaken for one another. Tools that write base64 break its lines.
 */
function plainText(text: string): string | undefined {
  const bytes = decodeBase64(text.replaceAll(/\s/g, ''));
  if (bytes === undefined) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

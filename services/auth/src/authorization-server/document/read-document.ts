import type { Answer } from '@latchkey/http';
import { z } from 'zod';
import { plainName } from '../plain-name.ts';
import { isRegistrable } from '../redirect-uri.ts';

/** What a program says of itself at the address that is its `client_id`. */
export type ClientDocument = { readonly name: string | undefined; readonly redirectUris: readonly string[] };

const schema = z.object({
  client_id: z.string(),
  client_name: z.string().optional(),
  redirect_uris: z.array(z.string()).min(1).max(20),
  token_endpoint_auth_method: z.literal('none').default('none'),
  client_secret: z.undefined().optional(),
});

/**
 * Reads what was found at the address (OAuth Client ID Metadata Document, sections 4 and 4.1). Addresses of pictures and pages in it
 * are neither called nor shown.
 *
 * @returns a text where it counts for nothing, which says why
 */
export function readDocument({ status, contentType, body }: Answer, id: string): ClientDocument | string {
  if (status !== 200) return `it was answered with ${status}`;
  if (!/^application\/(?:[\w.-]+\+)?json *(?:;|$)/i.test(contentType)) return 'it is not JSON by its type';
  const found = schema.safeParse(jsonOf(body)).data;
  if (found === undefined) return 'it is not that of a program without a secret';
  if (found.client_id !== id) return 'it is about another client_id';
  if (!found.redirect_uris.every(isRegistrable)) return 'one of its redirect_uris cannot be used';
  const { client_name: name, redirect_uris: redirectUris } = found;
  return { name: name === undefined ? undefined : plainName(name), redirectUris };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { HttpError } from '@latchkey/http';
import { seal, unseal } from '@latchkey/session';
import type { KeyRing } from '@latchkey/session';
import { z } from 'zod';
import { commandLine } from './client.ts';
import type { Client } from './client.ts';
import { isRegistrable, isSameRedirect } from './redirect-uri.ts';

/** What a program says of itself. */
export type Registration = { readonly name: string; readonly redirectUris: readonly string[] };

/** The programs that may ask people for access. */
export type Clients = {
  /** @throws HttpError `invalid_client` */
  of(id: string | undefined): Promise<Client>;
  /** Makes the id of one that is new; undefined where nobody may register. */
  readonly register: ((registration: Registration) => Promise<string>) | undefined;
};

const sealedClient = z.object({
  name: z.string(),
  redirectUris: z.array(z.string()).readonly(),
  registeredAt: z.number(),
});

// It is within codes, tokens and pages.
const longestRegistration = 400;
const longestName = 60;

/**
 * Makes the list of them. One that registers is remembered nowhere: its id is what it has said of itself, sealed, so that however many
 * strangers register, no room is taken, and a restart forgets none.
 *
 * @param options.isOpen whether programs may register
 */
export function createClients({
  keys,
  isOpen,
  now,
}: {
  keys: KeyRing;
  isOpen: boolean;
  now: () => number;
}): Clients {
  return {
    async of(id = '') {
      if (id === commandLine.id) return commandLine;
      const registered = isOpen ? sealedClient.safeParse(await unseal(id, keys)).data : undefined;
      if (registered === undefined)
        throw new HttpError('invalid_client', { detail: 'client_id is not known' });
      const { name, redirectUris } = registered;
      return {
        id,
        name: `${name} (it calls itself so)`,
        redirectsTo: (uri) => redirectUris.some((one) => isSameRedirect(uri, one)),
      };
    },
    register: isOpen
      ? (registration) => seal({ ...registration, registeredAt: Math.floor(now() / 1000) }, keys)
      : undefined,
  };
}

/**
 * Reads what a program says of itself (RFC 7591, section 2).
 *
 * @throws HttpError `invalid_redirect_uri`, `invalid_client_metadata`
 */
export function readRegistration(body: unknown): Registration {
  const said = clientMetadata.safeParse(body).data;
  if (said === undefined) throw new HttpError('invalid_client_metadata');
  const { client_name: name, redirect_uris: redirectUris } = said;
  if (!redirectUris.every(isRegistrable)) throw new HttpError('invalid_redirect_uri');
  const registration = { name: plainText(name), redirectUris };
  if (JSON.stringify(registration).length > longestRegistration) {
    throw new HttpError('invalid_client_metadata', { detail: 'too long' });
  }
  return registration;
}

const clientMetadata = z.object({
  client_name: z.string().default('a program'),
  redirect_uris: z.array(z.string()).min(1).max(10),
  token_endpoint_auth_method: z.literal('none').default('none'),
});

// It is shown to people: nothing that hides, turns or breaks the line it stands in.
function plainText(name: string): string {
  const text = name.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '').trim();
  return text === '' ? 'a program' : text.slice(0, longestName);
}

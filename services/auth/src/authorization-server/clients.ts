import { HttpError } from '@latchkey/http';
import { seal, unseal } from '@latchkey/session';
import type { KeyRing } from '@latchkey/session';
import { z } from 'zod';
import { commandLine } from './client.ts';
import type { Client } from './client.ts';
import { documentAddress } from './document/client-id.ts';
import type { ClientDocuments } from './document/documents.ts';
import { plainName } from './plain-name.ts';
import { isRegistrable, isSameRedirect } from './redirect-uri.ts';

/** What a program says of itself. */
export type Registration = { readonly name: string; readonly redirectUris: readonly string[] };

/** The programs that may ask people for access. */
export type Clients = {
  /**
   * The id of one that may be asked for. Nobody else is asked about it: who shows it may be a stranger.
   *
   * @throws HttpError `invalid_client`
   */
  idOf(id: string | undefined): Promise<string>;
  /**
   * What there is to know of one, as a person is shown it. Asked for people who are signed in: it may be somewhere else.
   *
   * @param person their e-mail address
   * @throws HttpError `invalid_client`, `overloaded`
   */
  of(id: string, person: string): Promise<Client>;
  /** What one is called; nobody else is asked. Undefined where it is not known any more. */
  nameOf(id: string): Promise<string | undefined>;
  /** whether a `client_id` may be the address of a document */
  readonly takesDocuments: boolean;
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

/**
 * Makes the list of them. One that registers is remembered nowhere: its id is what it has said of itself, sealed, so that however many
 * strangers register, no room is taken, and a restart forgets none.
 *
 * @param options.isOpen whether programs may register
 * @param options.documents undefined where no `client_id` is the address of a document
 */
export function createClients({
  keys,
  isOpen,
  documents,
  now,
}: {
  keys: KeyRing;
  isOpen: boolean;
  documents: ClientDocuments | undefined;
  now: () => number;
}): Clients {
  async function registered(id: string): Promise<Client | undefined> {
    const known = isOpen ? sealedClient.safeParse(await unseal(id, keys)).data : undefined;
    return known && { id, name: `${known.name} (it calls itself so)`, ...leadingTo(known.redirectUris) };
  }

  return {
    async idOf(id = '') {
      if (id === commandLine.id || (documents && documentAddress(id))) return id;
      if ((await registered(id)) === undefined) throw notKnown();
      return id;
    },
    async of(id, person) {
      if (id === commandLine.id) return commandLine;
      const address = documents && documentAddress(id);
      if (documents !== undefined && address !== undefined) return documented(address, person, documents);
      const client = await registered(id);
      if (client === undefined) throw notKnown();
      return client;
    },
    async nameOf(id) {
      if (id === commandLine.id) return commandLine.name;
      return documentAddress(id)?.host ?? (await registered(id))?.name;
    },
    takesDocuments: documents !== undefined,
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
  const registration = { name: plainName(name), redirectUris };
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

async function documented(address: URL, person: string, of: ClientDocuments): Promise<Client> {
  const { name, redirectUris } = await of.at(address, person);
  return { id: address.href, name: address.host, callsItself: name, ...leadingTo(redirectUris) };
}

function leadingTo(redirectUris: readonly string[]): Pick<Client, 'redirectsTo'> {
  return { redirectsTo: (uri) => redirectUris.some((one) => isSameRedirect(uri, one)) };
}

function notKnown(): HttpError {
  return new HttpError('invalid_client', { detail: 'client_id is not known' });
}

import { commandLineClient } from '@latchkey/contract';
import { HttpError } from '@latchkey/http';

/** A program that may ask people for access: a public client (RFC 6749, section 2.1), which has no secret. */
export type Client = {
  readonly id: string;
  /** what people are told */
  readonly name: string;
  /** whether a person may be sent back there */
  redirectsTo(uri: string): boolean;
};

const clients: ReadonlyMap<string, Client> = new Map([
  [
    commandLineClient,
    { id: commandLineClient, name: 'the command line (latchkey)', redirectsTo: isLoopback },
  ],
]);

/**
 * The client of an id.
 *
 * @throws HttpError `invalid_client`
 */
export function clientOf(id: string | undefined): Client {
  const client = clients.get(id ?? '');
  if (client === undefined) throw new HttpError('invalid_client', { detail: 'client_id is not known' });
  return client;
}

const longestUri = 512;

// RFC 8252, sections 7.3 and 8.3: any port, and no name that somebody may lead elsewhere. In the one spelling that a URL has.
function isLoopback(uri: string): boolean {
  const url = uri.length <= longestUri ? URL.parse(uri) : null;
  if (url === null || url.href !== uri || url.protocol !== 'http:') return false;
  const isHere = url.hostname === '127.0.0.1' || url.hostname === '[::1]';
  return isHere && url.username === '' && url.password === '' && !uri.includes('#');
}

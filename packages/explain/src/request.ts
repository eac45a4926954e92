import { flawOfAddress, noDeviceTrust } from '@latchkey/access';
import { readIncoming } from '@latchkey/admission';
import type { Incoming } from '@latchkey/admission';
import { domainToASCII } from 'node:url';

/** Who asks. `provider` is the one that signed the person in; left out, it is the one that the route asks for. */
export type Requester =
  | {
      email: string;
      groups: readonly string[];
      provider: string | undefined;
      /** when the provider had them prove who they are, in seconds since the epoch */
      authTime?: number | undefined;
      /** how they did, as the provider says */
      amr?: readonly string[] | undefined;
    }
  | undefined;

type Header = readonly [name: string, value: string];

/** What is known of how a request comes, and is not in it. */
export type Circumstances = {
  /** of the caller */
  readonly address?: string | undefined;
  /** milliseconds since the epoch; absent: now */
  readonly at?: number | undefined;
  /** what servers in front say of the device; absent: who sends it is none of them */
  readonly device?: readonly Header[] | undefined;
};

/** A token in `Authorization: Bearer` that counts, as far as rules look at it. */
export type ShownToken = {
  /** what logs call the program; absent: by the rest */
  readonly name?: string;
  readonly scopes: readonly string[];
  readonly subject?: string;
  readonly client?: string;
  readonly issuer?: string;
  readonly awsRole?: string;
  /** of a token of an issuer that is of no service account */
  readonly claims?: Readonly<Record<string, string | readonly string[]>>;
};

/** A request as a client would send it, and as the proxy reads it. */
export type ExplainedRequest = {
  /** As it was written, and with what a browser does to it on sending. */
  readonly url: string;
  readonly method: string;
  /** The names that were asked about, as they were written. */
  readonly headerNames: readonly string[];
  readonly scheme: 'http' | 'https';
  /** What the proxy makes of it, where it is known how a browser came. */
  readonly incoming: Incoming;
  /** what it shows, and takes the place of a session where it is taken */
  readonly token?: ShownToken;
  /** Milliseconds since the epoch. */
  readonly at: number;
};

/** What is asked cannot be read. */
export class QuestionError extends Error {
  override readonly name = 'QuestionError';
  /** which part of it */
  readonly part: 'url' | 'header' | 'ip' | 'time' | 'auth-time' | 'device' | 'as-account' | 'claim';

  constructor(part: QuestionError['part'], message: string) {
    super(message);
    this.part = part;
  }
}

const addressPattern = /^(?:(https?|wss?):\/\/)?([^/?#]+)([^?#]*)(\?[^#]*)?(?:#.*)?$/i;
const defaultPorts = { http: /:80$/, https: /:443$/ } as const;

/**
 * Reads the address, the method and `Name: value` lines. A URL parser would tidy the path up, and what hides in an untidy one is what
 * one wants to see; so only what a browser does on sending is done here: no fragment, no default port, and octets for
 * what is not ASCII.
 *
 * @throws QuestionError
 */
export function readRequest(
  url: string,
  method: string,
  headerLines: readonly string[],
  { address = '', at = Date.now(), device }: Circumstances = {},
): ExplainedRequest {
  const [, writtenScheme = 'https', authority, path = '', query = ''] = addressPattern.exec(url.trim()) ?? [];
  if (authority === undefined) {
    throw new QuestionError(
      'url',
      `${JSON.stringify(url)}: write it like https://wiki.corp.example.com/page`,
    );
  }
  const scheme = /^(?:http|ws)$/i.test(writtenScheme) ? 'http' : 'https';
  const given = headerLines.map(readHeader);
  const isHandshake = /^wss?$/i.test(writtenScheme) || given.some(isUpgrade);
  const target = inOctets(path === '' ? '/' : path) + inOctets(query);
  const sent: Header[] = [
    ['Host', hostOf(authority, scheme)],
    // A browser that goes to a page, unless the headers say otherwise.
    ...(isHandshake ? [] : [['Accept', 'text/html'] as const]),
  ];
  const own = new Set(given.map(([name]) => name.toLowerCase()));
  const rawHeaders = [...sent.filter(([name]) => !own.has(name.toLowerCase())), ...given, ...(device ?? [])];
  const headers = Object.fromEntries(rawHeaders.map(([name, value]) => [name.toLowerCase(), value]));
  const received = { method: method.toUpperCase(), url: target, headers, rawHeaders: rawHeaders.flat() };
  return {
    url: `${scheme}://${authority}${target}`,
    method: received.method,
    headerNames: given.map(([name]) => name),
    scheme,
    incoming: readIncoming(
      received,
      isHandshake ? 'websocket' : 'http',
      { read: () => ({ client: address, forwardedFor: address, forwardedProto: scheme }) },
      device === undefined ? noDeviceTrust : { headers: true, certificate: true },
    ),
    at,
  };
}

/** Somebody with a session, as the proxy sees them: auth lower-cases the address that it admits. */
export function requesterOf(
  email: string,
  groups: readonly string[],
  provider: string | undefined,
  { authTime, amr }: Pick<NonNullable<Requester>, 'authTime' | 'amr'> = {},
): NonNullable<Requester> {
  const written = email.trim();
  return {
    email: flawOfAddress(written) === undefined ? written.toLowerCase() : written,
    groups,
    provider,
    ...(authTime !== undefined && { authTime }),
    ...(amr !== undefined && { amr }),
  };
}

function readHeader(line: string): Header {
  const [, name, value] = /^([^:\s]+):\s*(.*?)\s*$/.exec(line) ?? [];
  if (name === undefined || value === undefined)
    throw new QuestionError('header', `${JSON.stringify(line)}: write it like "Name: value"`);
  return [name, value];
}

function isUpgrade([name, value]: Header): boolean {
  return name.toLowerCase() === 'upgrade' && /websocket/i.test(value);
}

function hostOf(authority: string, scheme: 'http' | 'https'): string {
  return authority.replace(defaultPorts[scheme], '').replace(/^[^:]*[^\0-\x7F][^:]*/, domainToASCII);
}

function inOctets(text: string): string {
  return text.toWellFormed().replace(/[^\x21-\x7E]+/gu, encodeURIComponent);
}

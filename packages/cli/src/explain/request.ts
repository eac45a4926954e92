import type { IncomingHttpHeaders } from 'node:http';
import { domainToASCII } from 'node:url';
import { canonicalAuthority, canonicalPath } from '@latchkey/http';
import type { Authority, CanonicalPath } from '@latchkey/http';
import { UsageError } from '../usage-error.ts';

/** A request as a client would send it, and as the proxy reads it. */
export type AskedRequest = {
  method: string;
  /** Names in lower case. */
  headers: IncomingHttpHeaders;
  scheme: 'http' | 'https';
  /** As it was written. */
  writtenHost: string;
  /** Undefined where the proxy cannot read the host. */
  authority: Authority | undefined;
  /** The path as it is sent: not decoded, and no dot segment worked out. */
  rawPath: string;
  /** With its `?`, or empty. */
  query: string;
  /** Undefined where the path has two readings. */
  path: CanonicalPath | undefined;
};

const ADDRESS = /^(?:(https?):\/\/)?([^/?#]+)([^?#]*)(\?[^#]*)?(?:#.*)?$/i;
const DEFAULT_PORTS = { http: /:80$/, https: /:443$/ } as const;

/**
 * Reads `--url`, `--method` and `--header`. A URL parser would tidy the path up, and what hides in an untidy one is what
 * one wants to see; so only what a browser does on sending is done here: no fragment, no default port, and octets for
 * what is not ASCII. Throws UsageError.
 */
export function readRequest(url: string, method: string, headerLines: readonly string[]): AskedRequest {
  const [, writtenScheme, authority, path = '', query = ''] = ADDRESS.exec(url.trim()) ?? [];
  if (authority === undefined) {
    throw new UsageError(`--url ${JSON.stringify(url)}: write it like https://wiki.corp.example.com/page`);
  }
  const scheme = writtenScheme?.toLowerCase() === 'http' ? 'http' : 'https';
  const sentHost = authority
    .replace(DEFAULT_PORTS[scheme], '')
    .replace(/^[^:]*[^\0-\x7F][^:]*/, domainToASCII);
  const rawPath = inOctets(path === '' ? '/' : path);
  return {
    method: method.toUpperCase(),
    headers: readHeaders(headerLines),
    scheme,
    writtenHost: authority,
    authority: canonicalAuthority(sentHost),
    rawPath,
    query: inOctets(query),
    path: canonicalPath(rawPath),
  };
}

/** A browser that goes to a page, unless the headers say otherwise. */
function readHeaders(lines: readonly string[]): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = { accept: 'text/html' };
  for (const line of lines) {
    const [, name, value] = /^([^:\s]+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined)
      throw new UsageError(`--header ${JSON.stringify(line)}: write it like "Name: value"`);
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

function inOctets(text: string): string {
  return text.toWellFormed().replace(/[^\x21-\x7E]+/gu, encodeURIComponent);
}

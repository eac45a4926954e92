import { METHODS } from 'node:http';
import { authorityOf, canonicalAuthority } from './host.ts';
import { isNamed, rawValues } from './raw-headers.ts';
import type { Received, MalformedOriginal } from './request.ts';

/** A request that a server in front holds and asks about, as that server words it. */
export type Original = {
  readonly received: Received;
  /** how the browser came to that server; undefined where it does not say */
  readonly proto: 'http' | 'https' | undefined;
};

/**
 * Reads which request is asked about, as Traefik and Caddy say it (`X-Forwarded-Host`, `-Proto`, `-Uri`, `-Method`) or nginx
 * (`X-Original-URL`, `X-Original-Method`). The caller has made sure that the sender is trusted (CVE-2026-40575).
 *
 * A server in front passes on what its own caller wrote under the names that it does not set itself. So all that is there has
 * to say the same, and who lets a public address stand beside the true one gets nowhere.
 */
export function originalRequest(question: Received): Original | MalformedOriginal {
  const said = (name: string) => rawValues(question.rawHeaders, name);
  const uris = said('x-forwarded-uri');
  const urls = said('x-original-url');
  const methods = [said('x-forwarded-method'), said('x-original-method')];
  const isSaid = [uris, urls, ...methods].some((values) => values.length > 0);
  if (!isSaid) return 'no original request';

  const hosts = said('x-forwarded-host');
  const protos = said('x-forwarded-proto');
  const isTwice = [uris, urls, ...methods, hosts, protos].some((values) => values.length > 1);
  if (isTwice) return 'repeated original request';

  const parts = urls.map((url) => urlParts.exec(url)?.groups ?? {});
  const [target, ...otherTargets] = distinct([...uris, ...parts.map((part) => part['target'] ?? '')]);
  const [host, ...otherHosts] = distinct([...hosts, ...parts.map((part) => part['host'] ?? '')].map(oneHost));
  const [proto, ...otherProtos] = distinct(
    [...protos, ...parts.map((part) => part['scheme'] ?? '')].map(protoOf),
  );
  const [method, ...otherMethods] = distinct(methods.flat());
  if ([otherTargets, otherHosts, otherProtos, otherMethods].flat().length > 0) {
    return 'conflicting original request';
  }
  if (target === undefined || host === undefined || method === undefined)
    return 'incomplete original request';
  const isReadable = isTarget.test(target) && METHODS.includes(method) && proto !== 'other';
  if (!isReadable) return 'malformed original request';
  return {
    received: { method, url: target, headers: question.headers, rawHeaders: withHost(question, host) },
    proto,
  };
}

const urlParts = /^(?<scheme>[a-z]+):\/\/(?<host>[^/?#]+)(?<target>\/.*)$/;
// No request line has a blank or a control character in its target.
const isTarget = /^\/[^\0-\x20\x7f]*$/;

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

// What is none stays as it is, and is refused where hosts are read.
function oneHost(text: string): string {
  const authority = canonicalAuthority(text);
  return authority === undefined ? text : authorityOf(authority);
}

// Traefik says `wss` of a WebSocket.
function protoOf(text: string): 'http' | 'https' | 'other' {
  if (text === 'https' || text === 'wss') return 'https';
  return text === 'http' || text === 'ws' ? 'http' : 'other';
}

function withHost({ rawHeaders }: Received, host: string): string[] {
  const others = rawHeaders.filter((_, at) => !isNamed(rawHeaders[at - (at % 2)], 'host'));
  return [...others, 'Host', host];
}

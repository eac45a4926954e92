import type { OutgoingHttpHeaders } from 'node:http2';
import { connectionSpecific } from './connection-specific.ts';

/** A request as HTTP/1.1 words it; headers are a flat list. */
export type Http1Head = {
  readonly method: string;
  readonly path: string;
  readonly headers: string[];
};

/**
 * Words the head of a request as HTTP/1.1 does. nghttp2 has looked at it: there is one of each pseudo-header, and no name or
 * value that would end a line. A `Host` that says something else than `:authority` goes along, so that both are refused where
 * hosts are read (RFC 9113, section 8.3.1).
 *
 * @param hasBody whether anything follows the head
 * @returns undefined for CONNECT, which has no target
 */
export function toHttp1(rawHeaders: readonly string[], hasBody: boolean): Http1Head | undefined {
  const headers: string[] = [];
  const crumbs: string[] = [];
  const pseudo: Record<string, string> = {};
  let isMeasured = false;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const value = rawHeaders[at + 1] ?? '';
    isMeasured ||= name === 'content-length';
    if (name.startsWith(':')) pseudo[name] = value;
    else if (name === 'cookie') crumbs.push(value);
    else if (!connectionSpecific.has(name) && !isRepeatedHost(name, value, pseudo)) headers.push(name, value);
  }
  const { ':method': method = '', ':path': path, ':authority': authority } = pseudo;
  if (path === undefined || method === 'CONNECT') return undefined;
  if (authority !== undefined) headers.unshift('Host', authority);
  // RFC 9113, section 8.2.3: "these MUST be concatenated into a single octet string using the two-octet delimiter of 0x3b, 0x20".
  if (crumbs.length > 0) headers.push('Cookie', crumbs.join('; '));
  if (hasBody && !isMeasured) headers.push('Transfer-Encoding', 'chunked');
  if (!hasBody && !isMeasured) headers.push('Content-Length', '0');
  return { method, path, headers };
}

function isRepeatedHost(name: string, value: string, pseudo: Readonly<Record<string, string>>): boolean {
  return name === 'host' && value === pseudo[':authority'];
}

/** Words the head of an answer as HTTP/2 does. */
export function toHttp2(status: number, rawHeaders: readonly string[]): string[] {
  return [':status', String(status), ...fieldPairs(rawHeaders).flat()];
}

/** Fields as Node takes them of HTTP/2. By a Map: `constructor` and `__proto__` are names like any other. */
export function fieldsOf(flat: readonly string[]): OutgoingHttpHeaders {
  const byName = Map.groupBy(fieldPairs(flat), ([name]) => name);
  return Object.fromEntries([...byName].map(([name, pairs]) => [name, pairs.map(([, value]) => value)]));
}

/** Fields as Node takes them of HTTP/1.1: names, which are written in small letters, with their values. */
export function fieldPairs(flat: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = (flat[at] ?? '').toLowerCase();
    if (!connectionSpecific.has(name)) pairs.push([name, flat[at + 1] ?? '']);
  }
  return pairs;
}

/**
 * Sends a head. Node sends some headers only once; where those are repeated, all that are become one each, as anybody on the way
 * may combine them (RFC 9110, section 5.3). `Set-Cookie` never is.
 */
export function sendHead<Sent>(flat: readonly string[], send: (head: readonly string[]) => Sent): Sent {
  try {
    return send(flat);
  } catch (error) {
    if (!isRepetition(error)) throw error;
    return send(combined(flat));
  }
}

function isRepetition(error: unknown): boolean {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && error.code === 'ERR_HTTP2_HEADER_SINGLE_VALUE';
}

function combined(flat: readonly string[]): string[] {
  const values = new Map<string, string>();
  const cookies: string[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const [name = '', value = ''] = [flat[at], flat[at + 1]];
    const before = values.get(name);
    if (name === 'set-cookie') cookies.push(name, value);
    else values.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return [...[...values].flat(), ...cookies];
}

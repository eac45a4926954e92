import { request } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { isIP, isIPv6 } from 'node:net';
import type { buildConnector } from 'undici';

/** The outgoing proxy did not lead on to an application. It is named without what its address holds of credentials. */
export class OutgoingProxyError extends Error {
  constructor({ origin }: URL, why: string, options?: ErrorOptions) {
    super(`the outgoing proxy ${origin} ${why}`, options);
  }
}

/**
 * Has an outgoing proxy lead on to a host (RFC 9110, section 9.3.6). For plain HTTP, too: a proxy that forwards requests reads
 * and changes them, keeps answers, and lets other people's requests go over one connection.
 *
 * @param withinMs for reaching the proxy, and for the proxy to reach the host
 */
export function connectThrough(
  proxy: URL,
  { host, port }: { readonly host: string; readonly port: number },
  withinMs: number,
  connected: buildConnector.Callback,
): void {
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const proxyHost = proxy.hostname.replace(/^\[|\]$/g, '');
  const isSecure = proxy.protocol === 'https:';
  const asked = (isSecure ? requestOverTls : request)({
    method: 'CONNECT',
    path: authority,
    host: proxyHost,
    port: proxy.port === '' ? (isSecure ? 443 : 80) : proxy.port,
    headers: { Host: authority, ...credentialsOf(proxy) },
    // Node would ask the proxy for the certificate of `Host`.
    ...(isSecure && { servername: isIP(proxyHost) === 0 ? proxyHost : '' }),
    agent: false,
  });
  asked.removeHeader('connection');
  const timer = setTimeout(() => fail(`did not lead to ${authority} within ${withinMs / 1000} s`), withinMs);
  let isOver = false;

  function settle(...outcome: Parameters<buildConnector.Callback>): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    connected(...outcome);
  }
  function fail(why: string, options?: ErrorOptions): void {
    settle(new OutgoingProxyError(proxy, why, options), null);
    asked.destroy();
  }

  asked.once('connect', function answered({ statusCode = 0 }, socket, head) {
    if (isOver || statusCode < 200 || statusCode > 299) {
      socket.destroy();
      return fail(`answered ${statusCode} when it was asked for ${authority}`);
    }
    // As undici has it for connections that it opens itself.
    socket.setNoDelay(true).setKeepAlive(true, keepAliveAfterMs);
    if (head.length > 0) socket.unshift(head);
    return settle(null, socket);
  });
  asked.on('error', (error) => fail(`cannot be asked: ${reasonOf(error)}`, { cause: error }));
  asked.end();
}

const keepAliveAfterMs = 60_000;

// RFC 7617. A URL holds them escaped.
function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const text = [username, password].map(decodeURIComponent).join(':');
  return { 'Proxy-Authorization': `Basic ${Buffer.from(text).toString('base64')}` };
}

// Where several addresses were tried there is a code, and no message.
function reasonOf(error: Error): string {
  return error.message === '' && 'code' in error ? String(error.code) : error.message;
}

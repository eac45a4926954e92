import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { trustPeers } from './peers.ts';
import { canonicalRequest, withoutImpliedPort } from './request.ts';
import type { CanonicalRequest } from './request.ts';

let server: Server;
let port = 0;

beforeAll(async () => {
  const trust = trustPeers([]);
  server = createServer((req, res) => {
    const read = canonicalRequest(req, trust);
    res.end(JSON.stringify(typeof read === 'string' ? { refused: read } : read));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address === 'object' && address !== null) port = address.port;
});

afterAll(() => void server.close());

type Outcome = { status: number; body: Partial<CanonicalRequest> & { refused?: string } };

/** Sends the very bytes; `body` is empty where Node itself refused them. */
async function send(...lines: string[]): Promise<Outcome> {
  const socket = connect(port, '127.0.0.1');
  socket.end([...lines, 'Connection: close', '', ''].join('\r\n'), 'latin1');
  const answer = await text(socket);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const json: unknown = body.startsWith('{') ? JSON.parse(body) : {};
  return { status: Number(head.split(' ')[1]), body: Object(json) };
}

const host = 'Host: wiki.example.com';

describe('a request with one reading', () => {
  test('is read into its parts', async () => {
    const { body } = await send('GET /d/1?x=2&y HTTP/1.1', 'Host: WIKI.Example.com.:8443');

    expect(body).toEqual({
      method: 'GET',
      host: 'wiki.example.com',
      port: 8443,
      target: '/d/1?x=2&y',
      rawPath: '/d/1',
      query: '?x=2&y',
      path: '/d/1',
      client: '127.0.0.1',
      forwardedFor: '127.0.0.1',
    });
  });

  test.each([
    ['/%70ublic/%C3%A9?%70=%2f', { rawPath: '/%70ublic/%C3%A9', query: '?%70=%2f', path: '/public/é' }],
    ['/a?', { rawPath: '/a', query: '?', path: '/a' }],
    ['/a??b', { rawPath: '/a', query: '??b', path: '/a' }],
    ['/a?b=/../c', { rawPath: '/a', query: '?b=/../c', path: '/a' }],
  ])('keeps its target as it came: %s', async (target, parts) => {
    const { body } = await send(`GET ${target} HTTP/1.1`, host);

    expect(body).toMatchObject({ target, ...parts });
  });

  test('has no canonical path where the path has two readings, and keeps its target all the same', async () => {
    const target = '/public/..%2fadmin;x//y';
    const { body } = await send(`GET ${target} HTTP/1.1`, host);

    expect(body).toMatchObject({ target });
    expect(body).not.toHaveProperty('path');
  });

  test.each([
    ['chunked', ['Transfer-Encoding: chunked', '', '0', '']],
    ['chunked, in capitals', ['Transfer-Encoding: CHUNKED', '', '0', '']],
    ['a length', ['Content-Length: 0']],
  ])('may have a body: %s', async (_, lines) => {
    const { body } = await send('POST / HTTP/1.1', host, 'Connection: close', ...lines);

    expect(body).toMatchObject({ method: 'POST', path: '/' });
  });
});

describe('a request with two readings is refused', () => {
  test.each([
    ['two hosts', 'several hosts', ['GET / HTTP/1.1', host, 'Host: evil.example']],
    ['the same host twice', 'several hosts', ['GET / HTTP/1.1', host, 'hOST: wiki.example.com']],
    ['no host, as HTTP/1.0 allows', 'no host', ['GET / HTTP/1.0']],
    ['an empty host', 'malformed host', ['GET / HTTP/1.1', 'Host:']],
    ['userinfo before the host', 'malformed host', ['GET / HTTP/1.1', 'Host: a@wiki.example.com']],
    ['a list of hosts', 'malformed host', ['GET / HTTP/1.1', 'Host: wiki.example.com, evil.example']],
    ['the absolute form', 'malformed target', ['GET http://evil.example/ HTTP/1.1', host]],
    [
      'the absolute form of our own host',
      'malformed target',
      ['GET http://wiki.example.com/ HTTP/1.1', host],
    ],
    ['the asterisk form', 'malformed target', ['OPTIONS * HTTP/1.1', host]],
    ['a fragment', 'malformed target', ['GET /public#/../admin HTTP/1.1', host]],
    ['a fragment in the query', 'malformed target', ['GET /public?a#b HTTP/1.1', host]],
    [
      'a coding that we do not undo',
      'malformed framing',
      ['POST / HTTP/1.1', host, 'Transfer-Encoding: gzip, chunked', 'Connection: close', '', '0', ''],
    ],
    ['identity', 'malformed framing', ['POST / HTTP/1.1', host, 'Transfer-Encoding: identity']],
    [
      'what looks like chunked',
      'malformed framing',
      ['POST / HTTP/1.1', host, 'Transfer-Encoding: xchunked'],
    ],
  ])('%s', async (_, refused, lines) => {
    expect((await send(...lines)).body).toEqual({ refused });
  });
});

describe('what Node refuses before us, and must go on refusing', () => {
  test.each([
    ['no host in HTTP/1.1', ['GET / HTTP/1.1']],
    ['a length and a coding', ['POST / HTTP/1.1', host, 'Content-Length: 4', 'Transfer-Encoding: chunked']],
    ['two lengths', ['POST / HTTP/1.1', host, 'Content-Length: 4', 'Content-Length: 5']],
    ['the same length twice', ['POST / HTTP/1.1', host, 'Content-Length: 4', 'Content-Length: 4']],
    ['a length with a sign', ['POST / HTTP/1.1', host, 'Content-Length: +4']],
    ['a list of lengths', ['POST / HTTP/1.1', host, 'Content-Length: 4, 4']],
    ['chunked twice', ['POST / HTTP/1.1', host, 'Transfer-Encoding: chunked, chunked']],
    ['chunked before another coding', ['POST / HTTP/1.1', host, 'Transfer-Encoding: chunked, gzip']],
    [
      'chunked in two headers',
      ['POST / HTTP/1.1', host, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
    ],
    ['a vertical tab before chunked', ['POST / HTTP/1.1', host, 'Transfer-Encoding: \u000bchunked']],
    ['a space before the colon', ['POST / HTTP/1.1', host, 'Transfer-Encoding : chunked']],
    ['a folded header', ['GET / HTTP/1.1', host, 'X-One: a', ' b']],
    ['a bare line feed', ['GET / HTTP/1.1', `${host}\nX-One: a`]],
    ['a NUL in a value', ['GET / HTTP/1.1', host, 'X-One: a\u0000b']],
    ['a space in the target', ['GET /a b HTTP/1.1', host]],
    ['a byte outside ASCII in the target', ['GET /caf\u00e9 HTTP/1.1', host]],
    ['a control character in the target', ['GET /a\u0001b HTTP/1.1', host]],
  ])('%s', async (_, lines) => {
    expect(await send(...lines)).toEqual({ status: 400, body: {} });
  });
});

describe('a port that is implied', () => {
  test.each([
    [443, 'https', 'https', undefined],
    [80, 'https', 'https', 80],
    [80, 'http', 'https', undefined],
    [80, undefined, 'https', undefined],
    [443, undefined, 'https', undefined],
    [443, undefined, 'http', 443],
    [80, 'http', 'http', undefined],
    [8443, 'https', 'https', 8443],
  ] as const)('%s, as %s at %s', (written, forwardedProto, scheme, left) => {
    expect(withoutImpliedPort({ port: written, forwardedProto }, scheme).port).toBe(left);
  });
});

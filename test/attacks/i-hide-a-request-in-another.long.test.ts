// Where the proxy and an application disagree about where a request ends, the rest of it is another request to the
// application: one that nobody has looked at (CVE-2026-29057 and every request smuggling before it). The application here
// takes whatever comes. A request is refused, or it is one request however the application reads.
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { readings, requestsIn, startLenientApp } from '../fixtures/lenient-app.ts';
import { useStack } from '../fixtures/use-stack.ts';

const app = await startLenientApp();
afterAll(() => app.close());
const the = useStack({
  upstreams: `- {service: hello, default: {from: hello.latchkey.localhost, to: '127.0.0.1:${app.port}', options: {allowed_email_domains: [example.com], skip_auth_regex: ['^/public/']}}}`,
});
beforeEach(() => {
  app.connections.length = 0;
  app.onBytes = undefined;
});

const asSent = (lines: string) => lines.replaceAll('\n', '\r\n').replaceAll('\v', '\n');

/** Sends bytes, and gives back the status of each answer until the other side closes. `\n` stands for CRLF, `\v` for a bare LF. */
function send(text: string, port = the.stack.ports.proxy, afterwards?: Promise<string>): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answers = '';
    socket.setTimeout(1_500, () => socket.destroy(new Error(`no end of the answers: ${answers}`)));
    socket.on('data', (chunk: Buffer) => (answers += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.once('close', () =>
      resolve([...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, code]) => Number(code))),
    );
    socket.write(asSent(text), 'latin1');
    void afterwards?.then((more) => socket.write(asSent(more), 'latin1'));
  });
}

const host = 'Host: hello.latchkey.localhost';
const hidden = `GET /private HTTP/1.1\n${host}\n\n`;
const last = `GET /ping HTTP/1.1\nHost: x\nConnection: close\n\n`;
const bytesOf = (text: string) => text.replaceAll('\n', '\r\n').length;
const request = (method: string, headers: string, body = '') =>
  `${method} /public/x HTTP/1.1\n${host}\n${headers}\n\n${body}`;
const post = (headers: string, body = '') => request('POST', headers, body);
const sized = (text: string) => `Content-Length: ${bytesOf(text)}`;
const chunk = (text: string, extension = '') => `${bytesOf(text).toString(16)}${extension}\n${text}\n`;
const chunked = 'Transfer-Encoding: chunked';
const upgrade =
  'Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

// With the answers on that connection: whatever follows is looked at like anything else, `/ping` at the end.
const one: [how: string, bytes: string, statuses: number[]][] = [
  ['a length', post(sized('hi'), 'hi'), [200, 200]],
  ['a length with zeros in front', post('Content-Length: 0002', 'hi'), [200, 200]],
  ['a request as its body', post(sized(hidden), hidden), [200, 200]],
  ['a request in a chunk', post(chunked, `${chunk(hidden)}0\n\n`), [200, 200]],
  ['chunks in capitals', post('TRANSFER-ENCODING: CHUNKED', `${chunk('hi')}0\n\n`), [200, 200]],
  ['a tab before chunked', post('Transfer-Encoding:\tchunked', `${chunk(hidden)}0\n\n`), [200, 200]],
  ['chunk extensions', post(chunked, `${chunk(hidden, ';a=b;c="d"')}0;e\n\n`), [200, 200]],
  ['a chunk size with zeros in front', post(chunked, `0002\nhi\n0000\n\n`), [200, 200]],
  ['trailers named like ours', post(chunked, `${chunk('hi')}0\nX-Forwarded-User: evil\n\n`), [200, 200]],
  [
    'announced trailers',
    post(`${chunked}\nTrailer: X-Sum, Content-Length\nTE: trailers`, `${chunk('hi')}0\nX-Sum: 1\n\n`),
    [200, 200],
  ],
  ['DELETE with chunks (CVE-2026-29057)', request('DELETE', chunked, `${chunk(hidden)}0\n\n`), [200, 200]],
  ['OPTIONS with chunks (CVE-2026-29057)', request('OPTIONS', chunked, `${chunk(hidden)}0\n\n`), [200, 200]],
  ['GET with a length', request('GET', sized(hidden), hidden), [200, 200]],
  ['GET with chunks', request('GET', chunked, `${chunk(hidden)}0\n\n`), [200, 200]],
  ['HEAD with a length', request('HEAD', sized(hidden), hidden), [200, 200]],
  ['a method that nobody knows, and a length', request('PURGE', sized(hidden), hidden), [200, 200]],
  [
    'Connection names the length',
    post(`Connection: keep-alive, content-length\n${sized(hidden)}`, hidden),
    [200, 200],
  ],
  [
    'Connection names the coding',
    post(`Connection: Transfer-Encoding\n${chunked}`, `${chunk(hidden)}0\n\n`),
    [200, 200],
  ],
  [
    'the length again in another spelling',
    post(`${sized('')}\nContent_Length: 99\nX-Content-Length: 99`),
    [200, 200],
  ],
  ['the coding in another spelling', post(`${sized('hi')}\nTransfer_Encoding: chunked`, 'hi'), [200, 200]],
  ['a length of nothing, and a request behind', post(sized(''), hidden), [200, 401, 200]],
  ['nothing said of a body, and a request behind', request('GET', 'Accept: */*', hidden), [200, 401, 200]],
  ['chunks, and a request behind', post(chunked, `0\n\n${hidden}`), [200, 401, 200]],
  ['two at once', post(sized('a'), 'a') + post(sized('b'), 'b'), [200, 200, 200]],
  [
    'Expect and a body that does not wait',
    post(`Expect: 100-continue\n${sized(hidden)}`, hidden),
    [100, 200, 200],
  ],
  ['two spaces in the first line', `GET  /public/x HTTP/1.1\n${host}\n\n`, [200, 200]],
  // The application heard of no body, and did not take the upgrade: that was the last request on this connection.
  ['an upgrade with a length', request('GET', `${upgrade}\n${sized(hidden)}`, hidden), [200]],
  ['an upgrade with chunks', request('GET', `${upgrade}\n${chunked}`, `${chunk(hidden)}0\n\n`), [200]],
  ['an upgrade, and a request behind', request('GET', upgrade, hidden), [200]],
  [
    'an upgrade to h2c with a body',
    post(
      `Connection: Upgrade, HTTP2-Settings, close\nUpgrade: h2c\nHTTP2-Settings: AAMAAABkAAQAAP__\n${sized(hidden)}`,
      hidden,
    ),
    [200],
  ],
];
const refused: [how: string, bytes: string][] = [
  [
    'trailers named like framing',
    post(chunked, `${chunk('hi')}0\nContent-Length: 99\nTransfer-Encoding: x\nHost: evil\n\n`),
  ],
  ['blanks behind chunked', post('Transfer-Encoding: chunked \t', `${chunk(hidden)}0\n\n`)],
  ['a length and chunks', post(`${sized(hidden)}\n${chunked}`, `0\n\n${hidden}`)],
  ['chunks and a length', post(`${chunked}\nContent-Length: 5`, `0\n\n${hidden}`)],
  ['two lengths', post(`Content-Length: 2\n${sized(hidden)}`, hidden)],
  ['one length twice', post('Content-Length: 2\nContent-Length: 2', 'hi')],
  ['a list of lengths', post('Content-Length: 2, 2', 'hi')],
  ['a length below zero', post('Content-Length: -1', hidden)],
  ['a length with a plus', post('Content-Length: +2', 'hi')],
  ['a length in hexadecimal', post('Content-Length: 0x2', 'hi')],
  ['a length with a fraction', post('Content-Length: 2.0', 'hi')],
  ['a length without one', post('Content-Length:', hidden)],
  ['a length of two words', post('Content-Length: 2 2', 'hi')],
  ['a length beyond 64 bits', post('Content-Length: 18446744073709551618', 'hi')],
  ['a length with a vertical tab', post('Content-Length: \x0b2', 'hi')],
  ['a space before the colon of the length', post('Content-Length : 2', hidden)],
  ['a space before the colon of the coding', post('Transfer-Encoding : chunked', `0\n\n${hidden}`)],
  ['a tab before the colon of the coding', post('Transfer-Encoding\t: chunked', `0\n\n${hidden}`)],
  ['a coding that only looks like chunked', post('Transfer-Encoding: xchunked', `0\n\n${hidden}`)],
  ['identity', post('Transfer-Encoding: identity', hidden)],
  ['chunked in quotes', post('Transfer-Encoding: "chunked"', `0\n\n${hidden}`)],
  ['chunked with a parameter', post('Transfer-Encoding: chunked;q=1', `0\n\n${hidden}`)],
  ['chunked and a comma', post('Transfer-Encoding: chunked,', `0\n\n${hidden}`)],
  ['chunked twice', post('Transfer-Encoding: chunked, chunked', `0\n\n${hidden}`)],
  ['chunked in two headers', post(`${chunked}\n${chunked}`, `0\n\n${hidden}`)],
  ['identity, and chunked below it', post(`Transfer-Encoding: identity\n${chunked}`, `0\n\n${hidden}`)],
  ['gzip before chunked', post('Transfer-Encoding: gzip, chunked', `0\n\n${hidden}`)],
  ['chunked before gzip', post('Transfer-Encoding: chunked, gzip', `0\n\n${hidden}`)],
  ['a vertical tab before chunked', post('Transfer-Encoding: \x0bchunked', `0\n\n${hidden}`)],
  ['a NUL before chunked', post('Transfer-Encoding: \0chunked', `0\n\n${hidden}`)],
  ['a coding in a folded line', post(`Transfer-Encoding:\n chunked`, `0\n\n${hidden}`)],
  ['a header in a folded line', post(`X-Note: a\n b: c\n${sized('hi')}`, 'hi')],
  ['a header line that begins with a space', post(` ${chunked}`, `0\n\n${hidden}`)],
  ['a folded first line', `POST /public/x HTTP/1.1\n Content-Length: 5\n${host}\n\n${hidden}`],
  ['a bare LF behind a header', post(`X-Note: a\v${chunked}`, `0\n\n${hidden}`)],
  ['bare LFs all over', `POST /public/x HTTP/1.1\v${host}\vContent-Length: 2\v\vhi`],
  ['a bare CR in a header', post(`X-Note: a\r${chunked}`, `0\n\n${hidden}`)],
  ['a NUL in a header', post('X-Note: a\0b', hidden)],
  ['a NUL in a name', post('X\0Note: a', hidden)],
  ['a header without a colon', post('X-Note', hidden)],
  ['a header without a name', post(': chunked', hidden)],
  ['HTTP/1.0 with chunks', `POST /public/x HTTP/1.0\n${host}\n${chunked}\n\n0\n\n${hidden}`],
  ['HTTP/0.9', `GET /public/x\n\n`],
  ['HTTP/1.2', `GET /public/x HTTP/1.2\n${host}\n\n`],
  ['HTTP/2.0', `GET /public/x HTTP/2.0\n${host}\n\n`],
  ['the preface of HTTP/2', `PRI * HTTP/2.0\n\nSM\n\n`],
  ['the absolute form', `GET http://hello.latchkey.localhost/public/x HTTP/1.1\n${host}\n\n`],
  ['the absolute form of another host', `GET http://vault.latchkey.localhost/private HTTP/1.1\n${host}\n\n`],
  ['the asterisk form', `OPTIONS * HTTP/1.1\n${host}\n\n`],
  ['a tab in the first line', `GET\t/public/x HTTP/1.1\n${host}\n\n`],
  ['a space in the target', `GET /public/x /private HTTP/1.1\n${host}\n\n`],
  ['a NUL in the target', `GET /public/x\0 HTTP/1.1\n${host}\n\n`],
  ['a fragment in the target', `GET /public/x#y HTTP/1.1\n${host}\n\n`],
  ['two hosts', `GET /public/x HTTP/1.1\n${host}\nHost: vault.latchkey.localhost\n\n`],
  ['no host', `GET /public/x HTTP/1.1\n\n`],
  ['a chunk of a size that is no number', post(chunked, `zz\nhi\n0\n\n${hidden}`)],
  ['a chunk size with 0x', post(chunked, `0x2\nhi\n0\n\n${hidden}`)],
  ['a chunk size below zero', post(chunked, `-1\nhi\n0\n\n${hidden}`)],
  ['a chunk size beyond 64 bits', post(chunked, `10000000000000002\nhi\n0\n\n${hidden}`)],
  ['a blank before a chunk size', post(chunked, ` 2\nhi\n0\n\n${hidden}`)],
  ['a blank behind a chunk size', post(chunked, `2 \nhi\n0\n\n${hidden}`)],
  ['a bare LF behind a chunk size', post(chunked, `2\vhi\n0\n\n${hidden}`)],
  ['a bare LF in a chunk extension', post(chunked, `2;a\vhi\n0\n\n${hidden}`)],
  ['a bare CR in a chunk extension', post(chunked, `2;a\rb\nhi\n0\n\n${hidden}`)],
  ['a bare LF behind a chunk', post(chunked, `2\nhi\v0\n\n${hidden}`)],
  ['a chunk longer than it says', post(chunked, `2\nhi there\n0\n\n${hidden}`)],
  ['nothing behind a chunk', post(chunked, `2\nhi0\n\n${hidden}`)],
  ['a bare LF behind the last chunk', post(chunked, `0\v\n${hidden}`)],
  ['a bare LF in the trailers', post(chunked, `0\nX-Sum: 1\v\n${hidden}`)],
];

describe('is one request to every reader', () => {
  test.each(one)('%s', async (_, bytes, statuses) => {
    expect(await send(bytes + last)).toEqual(statuses);
    expect(app.connections).not.toEqual([]);
    for (const { bytes: came } of app.connections) {
      const [first] = requestsIn(came);
      expect(first).toMatchObject({ target: '/public/x' });
      for (const reading of readings) expect(requestsIn(came, reading)).toEqual([first]);
      // Nobody is left to guess where a line ends.
      expect(came.slice(0, came.indexOf('\r\n\r\n'))).not.toMatch(/[^\r]\n|\r[^\n]|\0|\n[ \t]/);
    }
  });
});

function expectNothingWhole(): void {
  for (const { bytes } of app.connections) {
    expect(bytes).not.toContain('/private');
    for (const reading of readings) expect(requestsIn(bytes, reading)).toEqual([]);
  }
}

describe('is refused, and nothing behind it is listened to', () => {
  test.each(refused)('%s', async (_, bytes) => {
    expect(await send(bytes + last)).toEqual([400]);
    expectNothingWhole();
  });

  test('a chunk that is none, behind one that was forwarded already', async () => {
    const wentOn = Promise.withResolvers<string>();
    app.onBytes = (bytes) => void (bytes.includes('hi') && wentOn.resolve(`zz\n${hidden}`));
    expect(await send(post(chunked, chunk('hi')), the.stack.ports.proxy, wentOn.promise)).toEqual([400]);
    expect(app.connections).toHaveLength(1);
    expectNothingWhole();
  });

  test('CONNECT, which gets no answer at all (CVE-2026-71324)', async () => {
    expect(await send(`CONNECT hello.latchkey.localhost:80 HTTP/1.1\n${host}\n${sized('hi')}\n\nhi`)).toEqual(
      [],
    );
    expect(app.connections).toEqual([]);
  });

  // Where the head can be read, there is no such page, whatever would have followed as a body.
  test.each(refused)('by auth: %s', async (_, bytes) => {
    const ofAuth = `Host: ${new URL(the.stack.authUrl()).host}`;
    const statuses = await send(bytes.replaceAll(host, ofAuth) + last, the.stack.ports.auth);
    expect([[400], [404]]).toContainEqual(statuses);
  });
});

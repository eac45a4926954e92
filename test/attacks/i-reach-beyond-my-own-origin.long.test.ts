// An application answers with headers that act on more than its own origin: `Clear-Site-Data: "cookies"` erases every
// session cookie of the domain, `Alt-Svc` carries traffic past the gate, `X-Accel-Redirect` makes a server in front of
// the gate fetch what nobody decided about.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();

async function answered(name: string, value: string): Promise<string | string[] | undefined> {
  the.stack.app.answer = (_req, res) => res.writeHead(200, [[name, value]]).end();
  const answer = await the.browser().fetch(the.stack.url('hello', '/public/'));
  expect(answer.status).toBe(200);
  return answer.headers[name.toLowerCase()];
}

const own = [
  '"cache"',
  '"clientHints"',
  '"executionContexts"',
  '"prefetchCache"',
  '"prerenderCache"',
  '"storage"',
];

test.each([
  ['"cookies"', undefined],
  ['"cookies", "storage"', '"storage"'],
  ['"storage","cookies","cache"', '"storage", "cache"'],
  ['"*"', own.join(', ')],
  ['"cookies", "*"', own.join(', ')],
  [own.join(','), own.join(', ')],
  ['cookies', undefined],
  ['"cookies;x", "co\\okies", "COOKIES", "everything"', undefined],
  ['', undefined],
])('Clear-Site-Data: %s clears what is mine, and no cookie', async (value, expected) => {
  expect(await answered('Clear-Site-Data', value)).toBe(expected);
});

const dropped: [name: string, value: string][] = [
  ['Alt-Svc', 'h3="elsewhere.example:443"; ma=2592000; persist=1'],
  ['Alt-Svc', 'clear'],
  ['CDN-Cache-Control', 'max-age=600'],
  ['Expect-CT', 'max-age=86400, enforce'],
  ['NEL', '{"report_to":"mine","max_age":2592000,"include_subdomains":true}'],
  ['Proxy-Authentication-Info', 'nextnonce="x"'],
  ['Public-Key-Pins', 'pin-sha256="x"; max-age=5184000; includeSubDomains'],
  ['Public-Key-Pins-Report-Only', 'pin-sha256="x"; report-uri="https://elsewhere.example/"'],
  ['Report-To', '{"group":"default","max_age":1,"endpoints":[{"url":"https://elsewhere.example/"}]}'],
  ['Sec-Session-Registration', '(ES256);path="/start"'],
  ['Secure-Session-Registration', '(ES256);path="/start";challenge="x"'],
  ['Service-Worker-Allowed', '/'],
  ['Set-Cookie2', '_sso_proxy=mine; Version=1'],
  ['Surrogate-Control', 'content="ESI/1.0"'],
  ['X-Accel-Charset', 'utf-7'],
  ['X-Accel-Expires', '3600'],
  ['X-Accel-Limit-Rate', '1'],
  ['X-Accel-Redirect', '/internal/secrets'],
  ['X-Envoy-Degraded', 'true'],
  ['X-Envoy-Immediate-Health-Check-Fail', 'true'],
  ['X-LIGHTTPD-send-file', '/etc/passwd'],
  ['X-LIGHTTPD-send-tempfile', '/etc/passwd'],
  ['X-LiteSpeed-Cache-Control', 'public, max-age=600'],
  ['X-LiteSpeed-Location', '/internal/secrets'],
  ['X-LiteSpeed-Purge', '*'],
  ['X-Reproxy-File', '/etc/passwd'],
  ['X-Reproxy-URL', 'http://169.254.169.254/'],
  ['X-Sendfile', '/etc/passwd'],
  ['X-Sendfile2', '/etc/passwd 0-'],
];

const narrowed: [name: string, value: string, travels: string | undefined][] = [
  ['Clear-Site-Data', '"cookies", "cache"', '"cache"'],
  ['Strict-Transport-Security', 'max-age=60; includeSubDomains; preload', 'max-age=60'],
  ['Strict-Transport-Security', 'preload; INCLUDESUBDOMAINS;Max-Age = "60"', 'Max-Age = "60"'],
  ['Strict-Transport-Security', 'includeSubDomains', undefined],
];

const kept: [name: string, value: string][] = [
  ['Accept-CH', 'Sec-CH-UA-Model'],
  ['Access-Control-Allow-Origin', 'https://elsewhere.example'],
  ['Activate-Storage-Access', 'load'],
  ['Cache-Control', 'public, max-age=60'],
  ['Critical-CH', 'Sec-CH-UA-Model'],
  ['Origin-Agent-Cluster', '?0'],
  ['Refresh', '5; url=/next'],
  ['Reporting-Endpoints', 'csp="https://elsewhere.example/"'],
  ['Set-Login', 'logged-in'],
  ['Speculation-Rules', '"/rules.json"'],
  ['Supports-Loading-Mode', 'credentialed-prerender'],
  ['Via', '1.1 varnish'],
  ['X-Accel-Buffering', 'no'],
];

test.each(dropped)('%s: %s does not reach the browser', async (name, value) => {
  expect(await answered(name, value)).toBeUndefined();
});

test.each(narrowed)('%s: %s reaches it as %s', async (name, value, travels) => {
  expect(await answered(name, value)).toBe(travels);
});

test.each(kept)('%s: %s ends at my origin, and reaches the browser', async (name, value) => {
  expect(await answered(name, value)).toBe(value);
});

test('a cookie for a whole domain reaches the browser, unless its name is one of ours', async () => {
  const theirs = 'theme=dark; Domain=latchkey.localhost; Path=/';
  expect(await answered('Set-Cookie', theirs)).toBe(theirs);
  expect(await answered('Set-Cookie', '_sso_proxy=mine; Domain=latchkey.localhost')).toBeUndefined();
});

test('the answer to a WebSocket handshake is held to the same', async () => {
  the.stack.app.answerUpgrade = (socket) =>
    socket.end('HTTP/1.1 403 No\r\nClear-Site-Data: "*"\r\nAlt-Svc: h3=":1"\r\nContent-Length: 0\r\n\r\n');
  const answer = await sendRaw(
    the.stack.ports.proxy,
    'GET /public/ HTTP/1.1\nHost: hello.latchkey.localhost\nConnection: Upgrade\nUpgrade: websocket\n' +
      'Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n',
  );
  expect(answer.status).toBe(403);
  expect(answer.head).toContain(`clear-site-data: ${own.join(', ')}`);
  expect(answer.head).not.toMatch(/alt-svc/i);
});

test('the page about the decision names every header', () => {
  const page = readFileSync(
    join(import.meta.dirname, '../../docs/decisions/0024-beyond-the-origin.md'),
    'utf8',
  );
  for (const [name] of [...dropped, ...narrowed, ...kept]) expect(page).toContain(`\`${name}\``);
});

// With `skip_auth_preflight` a stranger's OPTIONS passes the gate. It carried cookies, `Authorization`, a body and
// `X-HTTP-Method-Override: DELETE` to any path, and an application that honours one of them has let a stranger in.
import { expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
- service: api
  default:
    from: api.latchkey.localhost
    to: {{app}}
    options:
      allowed_email_domains: [example.com]
      skip_auth_preflight: true
      inject_request_headers: {X-Api-Key: an injected key}
`,
});

const marks = 'Origin: https://elsewhere.example\nAccess-Control-Request-Method: DELETE\n';

function preflight(headers: string, body = '') {
  const host = `Host: api.latchkey.localhost:${the.stack.ports.proxy}\n`;
  return sendRaw(
    the.stack.ports.proxy,
    `OPTIONS /things/1?x=%2F HTTP/1.1\n${host}Connection: close\n${marks}${headers}\n${body}`,
  );
}

test('it travels bare: what a preflight is, and what we say about it', async () => {
  const answer = await preflight(
    'Access-Control-Request-Headers: x-one\nAccess-Control-Request-Private-Network: true\n' +
      'Access-Control-Request-Local-Network: true\nCookie: session=theirs\nAuthorization: Bearer theirs\n' +
      'X-HTTP-Method-Override: DELETE\nX-HTTP-Method: DELETE\nX-Method-Override: DELETE\nX-Api-Key: theirs\n' +
      'X-Forwarded-User: admin\nX-Real-IP: 10.0.0.1\nX-Original-URL: /admin\nContent-Type: application/json\n' +
      'Content-Length: 0\nTransfer_Encoding: chunked\nUser-Agent: theirs\nReferer: https://elsewhere.example/\n',
  );
  expect(answer.status).toBe(200);
  const [entry] = the.stack.app.received;
  expect(entry).toMatchObject({ method: 'OPTIONS', target: '/things/1?x=%2F', body: '' });
  const names = (entry?.rawHeaders ?? []).filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  expect(names.toSorted()).toEqual([
    'access-control-request-headers',
    'access-control-request-local-network',
    'access-control-request-method',
    'access-control-request-private-network',
    'connection',
    'host',
    'origin',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-port',
    'x-forwarded-proto',
    'x-request-id',
  ]);
});

test.each([
  ['a length', 'Content-Length: 9\n', '{"id": 1}'],
  ['a length of many noughts', 'Content-Length: 0009\n', '{"id": 1}'],
  ['chunks', 'Transfer-Encoding: chunked\n', '9\n{"id": 1}\n0\n\n'],
  ['no chunk', 'Transfer-Encoding: chunked\n', '0\n\n'],
  ['a protocol to change to', 'Connection: Upgrade\nUpgrade: websocket\n', ''],
])('with %s it is none, and decided about as any other request', async (_, headers, body) => {
  const answer = await preflight(headers, body);
  expect(answer.status).toBe(401);
  expect(the.stack.app.received).toEqual([]);
});

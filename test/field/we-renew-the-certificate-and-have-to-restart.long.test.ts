// A certificate is renewed every few weeks by a program that nobody watches, certificate and key one after the other. The
// proxies had to be restarted for it, and one that was restarted between the two files did not come up again.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { sendRaw } from '../fixtures/raw-request.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

// The proxy looks every two seconds, and at a file that has changed twice.
jest.setTimeout(20_000);

const fixture = (name: string) => join(import.meta.dirname, '../fixtures/tls', name);
const pem = (name: string) => readFileSync(fixture(name), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
const [ca, cert, key] = ['ca.pem', 'own.crt', 'own.key'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const app = createServer(
  { key: pem('app.key'), cert: pem('app.crt'), ca: pem('authority.crt'), requestCert: true },
  ({ socket }, res) => res.end((socket as TLSSocket).getPeerCertificate().subject.CN),
);
let stack: Stack;

beforeAll(async () => {
  app.listen(0, '127.0.0.1');
  await once(app, 'listening');
  cpSync(fixture('localhost.crt'), ca);
  cpSync(fixture('client.crt'), cert);
  cpSync(fixture('client.key'), key);
  const files = `ca_file: ${ca}, client_cert_file: ${cert}, client_key_file: ${key}`;
  const { port } = app.address() as AddressInfo;
  stack = await startStack({
    upstreams: `- {service: app, default: {from: app.latchkey.localhost, to: 'https://127.0.0.1:${port}', options: {allowed_email_domains: [example.com], skip_auth_regex: ['^/'], server_name: app.internal, ${files}}}}\n`,
  });
});
afterAll(async () => {
  await stack.close();
  app.closeAllConnections();
  app.close();
  rmSync(folder, { recursive: true });
});

const ask = () =>
  sendRaw(
    stack.ports.proxy,
    'GET / HTTP/1.1\nHost: app.latchkey.localhost\nAccept: application/json\nConnection: close\n\n',
  );
const says = (text: string) => stack.nextLine(({ msg }) => msg.includes(text));

test('the next connection uses the files as they are by then, and a pair as soon as it is whole', async () => {
  expect(JSON.parse((await ask()).body)).toMatchObject({ error: 'upstream_certificate' });

  let line = says('the files for TLS were read again');
  cpSync(fixture('authority.crt'), ca);
  await line;
  expect((await ask()).body).toBe('latchkey.internal');

  line = says('the old one stays in force');
  cpSync(fixture('app.crt'), cert);
  expect(await line).toMatchObject({
    code: 'LK313',
    msg: expect.stringMatching(/^client_key_file holds the key of another certificate/),
  });
  app.closeAllConnections();
  expect((await ask()).body).toBe('latchkey.internal');

  line = says('the files for TLS were read again');
  cpSync(fixture('app.key'), key);
  await line;
  expect((await ask()).body).toBe('app.internal');
});

// A server in front says in X-Device-Managed whether a laptop is one of the company's, and rules go by it. I write that header
// myself: past the server in front, in every spelling, twice, or through a server that adds its own to mine.
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const edge = '127.0.0.1';
const stranger = '127.0.0.2';

const the = useStack({
  proxyEnv: { SERVER_TRUSTED_PROXIES: edge, SERVER_DEVICE_CERTIFICATES: 'true' },
  upstreams: `
device_headers: { managed: X-Device-Managed, disk: Cf-Client-Cert-Disk }
services:
  - service: hello
    default:
      from: hello.latchkey.localhost
      to: {{app}}
      options:
        allowed_email_domains: [example.com]
        skip_auth_regex: ['^/public/']
        policy:
          - name: managed
            deny_if: request.path.startsWith("/payroll") && device.managed != "true"
          - name: lost-devices
            deny_if: has(device.serial_number) && device.serial_number in ["0BAD", "0BAE"]
          - name: lost-disks
            deny_if: has(device.disk) && device.disk == "lost"
`,
});

/** Sends a request from an address, and gives its status and what of its words about the device reached the application. */
async function ask(from: string, path: string, lines: readonly string[], cookie = 'a=b') {
  const socket = connect({ host: '127.0.0.1', port: the.stack.ports.proxy, localAddress: from });
  const head = [`POST ${path} HTTP/1.1`, 'Host: hello.latchkey.localhost', `Cookie: ${cookie}`, ...lines];
  socket.write([...head, 'Content-Length: 0', 'Connection: close', '', ''].join('\r\n'));
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
  await once(socket, 'close');
  const { rawHeaders = [] } = the.stack.app.received.at(-1) ?? {};
  const said = rawHeaders.filter((_, at) => /device|cf.client/i.test(rawHeaders[at - (at % 2)] ?? ''));
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]), said };
}

const signedIn = async () => cookieHeader(await the.signedIn(), the.stack.url('hello'));

describe('what a stranger says of their device', () => {
  test.each([
    ['X-Device-Managed: true'],
    ['x-device-managed: true'],
    ['X_Device_Managed: true'],
    ['X.Device.Managed: true'],
    ['X-DEVICE_MANAGED: true'],
  ])('neither passes a rule nor reaches the application: %s', async (line) => {
    const cookie = await signedIn();

    expect((await ask(stranger, '/payroll', [line], cookie)).status).toBe(403);
    expect(await ask(stranger, '/page', [line], cookie)).toEqual({ status: 200, said: [] });
    expect(await ask(stranger, '/public/page', [line])).toEqual({ status: 200, said: [] });
  });

  test('is not made true by an address that they write as well', async () => {
    const lines = [`X-Forwarded-For: ${edge}`, 'X-Device-Managed: true'];

    expect((await ask(stranger, '/payroll', lines, await signedIn())).status).toBe(403);
  });
});

describe('what a server in front says of a device', () => {
  test('passes the rule and reaches the application', async () => {
    const lines = ['X-Device-Managed: true', 'Cf-Client-Cert-Disk: encrypted'];

    expect(await ask(edge, '/payroll', lines, await signedIn())).toEqual({
      status: 200,
      said: ['X-Device-Managed', 'true', 'Cf-Client-Cert-Disk', 'encrypted'],
    });
  });

  test.each([
    ['twice', ['X-Device-Managed: true', 'X-Device-Managed: true']],
    ['after its caller', ['X-Device-Managed: true', 'X-Device-Managed: false']],
    ['before its caller', ['X-Device-Managed: false', 'x-device-managed: true']],
    ['beside another spelling', ['x_device_managed: true', 'X-Device-Managed: true']],
    ['before another spelling', ['X-Device-Managed: true', 'X.Device.Managed: true']],
    ['in another spelling', ['X_Device_Managed: true']],
    ['with nothing in it', ['X-Device-Managed:']],
  ])('says nothing when it comes %s', async (_, lines) => {
    const cookie = await signedIn();

    expect((await ask(edge, '/payroll', lines, cookie)).status).toBe(403);
    expect((await ask(edge, '/page', lines, cookie)).said).not.toContain('true');
  });

  test('says nothing where the connection ends it', async () => {
    const lines = ['Connection: X-Device-Managed', 'X-Device-Managed: true'];

    expect((await ask(edge, '/payroll', lines, await signedIn())).status).toBe(403);
  });
});

describe('a device that was lost', () => {
  const rules = [
    ['X-Amzn-Mtls-Clientcert-Serial-Number', '0BAD'],
    ['Cf-Client-Cert-Disk', 'lost'],
  ];

  test.each(
    rules
      .flatMap(([name = '', lost = '']) => [
        [`${name}: ${lost}`],
        [`${name}: ${lost}`, `${name}: x`],
        [`${name}: x`, `${name.toLowerCase()}: ${lost}`],
        [`${name}: ${lost}`, `${name.replaceAll('-', '_')}: x`],
        [`${name.replaceAll('-', '.')}: x`, `${name}: ${lost}`],
        [`${name}: ${lost}`, `Connection: ${name}`],
      ])
      .map((lines) => [lines]),
  )('is refused, whatever its thief writes beside what the server in front says: %j', async (lines) => {
    expect((await ask(edge, '/page', lines, await signedIn())).status).toBe(403);
  });

  test.each(rules)('is no other device, and no caller without one: %s', async (name) => {
    const cookie = await signedIn();

    expect((await ask(edge, '/page', [`${name}: other`], cookie)).status).toBe(200);
    expect((await ask(edge, '/page', [], cookie)).status).toBe(200);
  });
});

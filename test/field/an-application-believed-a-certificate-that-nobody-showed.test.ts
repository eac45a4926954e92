// An application let in devices by `X-Amzn-Mtls-Clientcert-Subject`. Anyone who reached the proxy past the load balancer, or through
// one that asks for no certificate, wrote the name of somebody's laptop there, and the proxy passed it on. So it did with what other
// servers in front, or RFC 9440, call that.
import { once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from '@jest/globals';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  proxyEnv: { SERVER_TRUSTED_PROXIES: '127.0.0.1', SERVER_DEVICE_CERTIFICATES: 'true' },
});

test.each([
  ['the load balancer is believed', '127.0.0.1', ['CN=laptop-7']],
  ['nobody else is', '127.0.0.2', []],
])('%s about the certificate of a device', async (_, localAddress, received) => {
  expect(await arrivesAs('X-Amzn-Mtls-Clientcert-Subject', localAddress)).toEqual(received);
});

test.each([
  'Client-Cert',
  'Client-Cert-Chain',
  'X-SSL-Client-Verify',
  'SSL_CLIENT_S_DN',
  'X-Client-Cert',
  'X-Forwarded-Client-Cert',
])('nobody at all is believed about it by %s', async (name) => {
  expect(await arrivesAs(name, '127.0.0.1')).toEqual([]);
});

async function arrivesAs(name: string, localAddress: string): Promise<readonly string[] | undefined> {
  const { host } = new URL(the.stack.url('hello'));
  const asking = request({
    host: '127.0.0.1',
    port: the.stack.ports.proxy,
    localAddress,
    path: '/public/',
    headers: { Host: host, [name]: 'CN=laptop-7' },
  }).end();
  const [answer] = await once(asking, 'response');
  answer.resume();
  const entry = the.stack.app.received.at(-1);
  return entry && valuesOf(entry, name);
}

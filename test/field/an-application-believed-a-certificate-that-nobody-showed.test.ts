// An application let in devices by `X-Amzn-Mtls-Clientcert-Subject`. Whoever reached the proxy past the load balancer, or through
// one that asks for no certificate, wrote the name of somebody's laptop there, and the proxy passed it on.
import { once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from '@jest/globals';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  proxyEnv: { SERVER_TRUSTED_PROXIES: '127.0.0.1', SERVER_DEVICE_CERTIFICATES: 'true' },
});
const subject = 'X-Amzn-Mtls-Clientcert-Subject';

test.each([
  ['the load balancer is believed', '127.0.0.1', ['CN=laptop-7']],
  ['nobody else is', '127.0.0.2', []],
])('%s about the certificate of a device', async (_, localAddress, told) => {
  const { host } = new URL(the.stack.url('hello'));
  const asking = request({
    host: '127.0.0.1',
    port: the.stack.ports.proxy,
    localAddress,
    path: '/public/',
    headers: { Host: host, [subject]: 'CN=laptop-7' },
  }).end();
  const [answer] = await once(asking, 'response');
  answer.resume();
  const entry = the.stack.app.received.at(-1);
  expect(entry && valuesOf(entry, subject)).toEqual(told);
});

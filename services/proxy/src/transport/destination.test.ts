import { expect, test } from '@jest/globals';
import { aRoute } from '@latchkey/testing';
import { destinationOf } from './destination.ts';

function to(origin: string, options = {}) {
  return destinationOf({ origin, basePath: '', query: '' }, aRoute(options));
}

test('a connection leads to the host and port of `to`, and is secured for HTTPS', () => {
  expect(to('http://app.internal')).toEqual({
    kind: 'tcp',
    host: 'app.internal',
    port: 80,
    madeByHost: false,
  });
  expect(to('http://[::1]:81')).toEqual({ kind: 'tcp', host: '::1', port: 81, madeByHost: false });
  expect(to('https://app.internal')).toMatchObject({
    port: 443,
    tls: { serverName: 'app.internal', skipVerify: false },
  });
  expect(to('https://10.0.0.1:8443', { tlsSkipVerify: true })).toMatchObject({
    port: 8443,
    tls: { serverName: '', skipVerify: true },
  });
});

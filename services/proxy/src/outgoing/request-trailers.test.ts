import { expect, test } from '@jest/globals';
import { aRoute } from '@latchkey/testing';
import { requestPlan } from './request-headers.ts';
import { requestTrailers } from './request-trailers.ts';

const plan = requestPlan(
  aRoute({
    injectRequestHeaders: [['X-Environment', 'production']],
    stripRequestHeaders: ['X-Debug-*'],
    deviceHeaders: new Set(['x-device-managed']),
  }),
);

test('what a caller has to say behind a body travels on', () => {
  const trailers = ['x-checksum', 'abc', 'X-Checksum', 'def'];
  expect(requestTrailers(trailers, plan)).toEqual(trailers);
});

test.each([
  ['X-Forwarded-User', 'who asks'],
  ['x_forwarded_email', 'who asks, in another spelling'],
  ['X-Latchkey-Jwt-Assertion', 'who asks, signed'],
  ['X-Environment', 'what the operator sets'],
  ['x-debug-1', 'what the operator strips'],
  ['x_device_managed', 'what servers in front say of a device'],
  ['Cookie', 'a session'],
  ['Authorization', 'credentials'],
  ['Content-Length', 'a length'],
  ['transfer_encoding', 'a coding'],
  ['Connection', 'hop by hop'],
  ['Host', 'another host'],
])('%s is no trailer: %s', (name) => {
  expect(requestTrailers([name, 'x', 'x-checksum', 'abc'], plan)).toEqual(['x-checksum', 'abc']);
});

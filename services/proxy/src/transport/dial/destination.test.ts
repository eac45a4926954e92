import { expect, test } from '@jest/globals';
import { createSecureContext } from 'node:tls';
import { aRoute } from '@latchkey/testing';
import { destinationOf, keyOf } from './destination.ts';
import type { Destination, Tls } from './destination.ts';
import type { TlsCredentials } from '../tls/tls-files.ts';

function to(origin: string, options = {}) {
  return destinationOf({ origin, basePath: '', query: '' }, aRoute(options), undefined);
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

function credentialsOf(fingerprint: string): TlsCredentials {
  return { secureContext: createSecureContext(), fingerprint };
}

test('two destinations share connections only where nothing about them differs', () => {
  const tls: Tls = { serverName: 'app.internal', skipVerify: false, credentials: credentialsOf('one') };
  const base = { kind: 'tcp', host: 'app.internal', port: 443, madeByHost: false, tls } as const;
  const others: Destination[] = [
    { ...base, host: 'other.internal' },
    { ...base, port: 8443 },
    { ...base, madeByHost: true },
    { ...base, tls: { ...tls, serverName: 'other.internal' } },
    { ...base, tls: { ...tls, skipVerify: true } },
    { ...base, tls: { ...tls, credentials: credentialsOf('two') } },
    { ...base, tls: { ...tls, credentials: 'unusable' } },
    { kind: 'unix', path: 'app.internal' },
  ];
  const keys = [base, ...others].map(keyOf);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keyOf({ ...base, tls: { ...tls, credentials: credentialsOf('one') } })).toBe(keys[0]);
});

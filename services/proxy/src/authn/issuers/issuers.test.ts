import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RouteTable } from '@latchkey/upstreams';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { createLiveTable } from '../../upstream-file/live-table.ts';
import { readUpstreams } from '../../upstream-file/read.ts';
import { createIssuerTokens } from './issuers.ts';

let folder: string;
let keys: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'issuers-'));
  keys = path.join(folder, 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What is made of an upstream file with one issuer. */
function read(entry: string, inForce?: RouteTable): RouteTable {
  const defaults = {
    emailDomains: [],
    emailAddresses: [],
    groups: [],
    timeoutMs: 1,
    resetDeadlineMs: 1,
    provider: 'google',
  };
  const config = `issuers: [{${entry}, jwks_file: ${keys}}]
services: [{service: one, default: {from: one.test, to: app.test, options: {allowed_groups: [g]}}}]
`;
  const outcome = readUpstreams(
    {
      config,
      allowLoss: false,
      cluster: '',
      scheme: 'https',
      defaults,
      allowLocalTargets: false,
      templateVariables: {},
    },
    inForce,
  );
  if (outcome.table === undefined) throw new Error(outcome.errors.join());
  return outcome.table;
}

test('keys that were read before count on when the file is broken and the entry is another one', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const sign = (audience: string) =>
    new SignJWT({ iss: 'https://idp.test', aud: audience, sub: 'ci', exp: 60 })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey);
  writeFileSync(keys, JSON.stringify({ keys: [await exportJWK(publicKey)] }));
  const first = read('issuer: https://idp.test, audiences: [a]');
  const table = createLiveTable(first);
  let now = 0;
  const tokens = createIssuerTokens({
    table,
    clock: { now: () => 1, elapsed: () => now },
    log: pino({ enabled: false }),
    emit: () => undefined,
  });
  expect(await tokens.verify(await sign('a'))).toMatchObject({ kind: 'machine' });

  for (const broken of ['{"keys": [', '{"keys": []}', '{"keys": [{"kty": "EC", "d": "a"}]}']) {
    writeFileSync(keys, broken);
    now += 600_000;
    table.replace(read('issuer: https://idp.test, audiences: [a, b]', table.current()));
    expect(await tokens.verify(await sign('b'))).toMatchObject({ kind: 'machine' });
  }
  expect(() => read('issuer: https://other.test, audiences: [a]', table.current())).toThrow('LK521');
});

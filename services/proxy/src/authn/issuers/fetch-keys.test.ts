import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keySourceOf } from './fetch-keys.ts';

let server: Server;
let address: string;
let answer: RequestListener;

beforeEach(async () => {
  server = createServer((req, res) => answer(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

test('keys are found by what the issuer says of itself', async () => {
  const asked: unknown[] = [];
  answer = ({ url }, res) => {
    asked.push(url);
    res.end(
      JSON.stringify(url === '/k' ? { keys: [] } : { issuer: `${address}/a/`, jwks_uri: `${address}/k` }),
    );
  };
  expect(await keySourceOf({ from: 'discovery', at: `${address}/a/` })()).toEqual({ keys: [] });
  expect(asked).toEqual(['/a/.well-known/openid-configuration', '/k']);
});

test.each<[string, unknown]>([
  ['calls itself by another name', { issuer: 'https://evil.example', jwks_uri: 'https://evil.example' }],
  ['does not say where they are', {}],
  ['names no address', { jwks_uri: 'keys' }],
  ['names a file', { jwks_uri: 'file:///etc/passwd' }],
])('there are none where the issuer %s', async (_, said) => {
  answer = (_req, res) => res.end(JSON.stringify({ issuer: address, ...Object(said) }));
  await expect(keySourceOf({ from: 'discovery', at: address })()).rejects.toThrow(/issuer/);
});

test.each<[string, RequestListener]>([
  ['leads elsewhere', (_req, res) => res.writeHead(302, { location: '/elsewhere' }).end()],
  ['fails', (_req, res) => res.writeHead(500).end('{"keys": []}')],
  ['answers with something else', (_req, res) => res.end('<html>')],
  ['answers without end', (_req, res) => res.end(JSON.stringify({ keys: 'x'.repeat(300_000) }))],
  ['goes away', (_req, res) => res.destroy()],
])('there are none where their address %s', async (_, listener) => {
  answer = listener;
  await expect(keySourceOf({ from: 'url', at: address })()).rejects.toThrow(Error);
});

test('keys may be in a file, which is read when they are asked for', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'keys-'));
  const at = path.join(folder, 'keys.json');
  const read = keySourceOf({ from: 'file', at });
  await expect(read()).rejects.toThrow('jwks_file cannot be read (ENOENT)');
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keys = [publicKey.export({ format: 'jwk' })];
  writeFileSync(at, JSON.stringify({ keys }));
  expect(await read()).toEqual({ keys });
  writeFileSync(at, `\uFEFF${JSON.stringify({ keys })}`);
  expect(await read()).toEqual({ keys });
  for (const [content, flaw] of [
    [[], 'has no key'],
    [[null, ...keys], 'no key'],
    [[privateKey.export({ format: 'jwk' })], 'holds a private key'],
  ] as const) {
    writeFileSync(at, JSON.stringify({ keys: content }));
    await expect(read()).rejects.toThrow(`jwks_file`);
    await expect(read()).rejects.toThrow(flaw);
  }
  rmSync(folder, { recursive: true });
});

// A container registry behind the proxy: an image is pushed piece by piece, as docker and buildah push, and pulled again.
// Each step says in `Location` where the next one goes, in whatever way the registry was set up to.
import { describe, expect, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { findProgram } from '@latchkey/testing/programs';
import { freePort } from '@latchkey/testing/ports';
import { startProgram } from '../fixtures/running-program.ts';
import { ask, askAsStranger, useApplication } from './application.ts';
import type { InUse } from './application.ts';

const registry = findProgram('docker-registry');
const octets = { 'content-type': 'application/octet-stream' };
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

type Http = Readonly<Record<string, unknown>>;

// https://distribution.github.io/distribution/about/configuration/, which may be JSON as well.
function registryWith(settings: (own: string) => Http, options: { route?: string } = {}) {
  return useApplication(async function start(folder) {
    const port = await freePort();
    const own = `127.0.0.1:${port}`;
    const config = JSON.stringify({
      version: '0.1',
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: join(folder, 'images') } },
      http: { addr: own, secret: 'of one task', ...settings(own) },
    });
    const plan = { files: { config }, args: ['serve', join(folder, 'config')] };
    return { port, ...(await startProgram(registry ?? '', plan, { folder, port })) };
  }, options);
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** What a client asks for next, after an answer that says where. */
function nextOf(the: InUse, { headers }: Pick<IncomingMessage, 'headers'>, query = ''): string {
  const next = new URL(headers.location ?? '', the.url);
  if (next.origin !== the.url) throw new Error(`sent to ${next.href}`);
  return next.pathname + next.search + (query && `${next.search === '' ? '?' : '&'}${query}`);
}

/** Pushes a layer in two pieces. */
async function pushLayer(the: InUse, layer: Buffer): Promise<string> {
  const digest = digestOf(layer);
  const half = layer.length / 2;
  const begun = await ask(the, { method: 'POST', target: '/v2/team/app/blobs/uploads/' });
  expect(begun).toMatchObject({ status: 202, headers: { 'docker-upload-uuid': expect.any(String) } });
  const first = await ask(the, {
    method: 'PATCH',
    target: nextOf(the, begun),
    headers: { ...octets, 'content-range': `0-${half - 1}`, 'content-length': String(half) },
    body: layer.subarray(0, half),
  });
  expect(first).toMatchObject({ status: 202, headers: { range: `0-${half - 1}` } });
  const second = await ask(the, {
    method: 'PATCH',
    target: nextOf(the, first),
    // As docker does: no length is said, and it goes in chunks.
    headers: { ...octets, 'transfer-encoding': 'chunked' },
    body: layer.subarray(half),
  });
  expect(second).toMatchObject({ status: 202, headers: { range: `0-${layer.length - 1}` } });
  const target = nextOf(the, second, `digest=${encodeURIComponent(digest)}`);
  const done = await ask(the, { method: 'PUT', target, headers: { 'content-length': '0' } });
  expect(done).toMatchObject({ status: 201, headers: { 'docker-content-digest': digest } });
  const kept = await ask(the, { method: 'HEAD', target: nextOf(the, done) });
  expect(kept).toMatchObject({ status: 200, headers: { 'content-length': String(layer.length) } });
  return digest;
}

if (registry === undefined) test.skip('docker-registry is not installed here', () => undefined);
else {
  describe.each<[string, (own: string) => Http, { route?: string }]>([
    ['paths', () => ({ relativeurls: true }), {}],
    ['the public address', () => ({}), {}],
    ['the public address, which Host says, too,', () => ({}), { route: 'preserve_host: true' }],
    ['its own address', (own) => ({ host: `http://${own}` }), {}],
  ])('a registry that answers with %s', (_, settings, options) => {
    const the = registryWith(settings, options);

    test('takes an image and gives it back', async () => {
      const layer = randomBytes(3_000_000);
      const digest = await pushLayer(the, layer);
      const config = Buffer.from('{"architecture":"amd64","os":"linux"}');
      const manifest = Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: manifestType,
          config: {
            mediaType: 'application/vnd.oci.image.config.v1+json',
            digest: await pushLayer(the, Buffer.concat([config, Buffer.from(' ')])),
            size: config.length + 1,
          },
          layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: layer.length }],
        }),
      );
      const target = '/v2/team/app/manifests/1.0';
      const pushed = await ask(the, {
        method: 'PUT',
        target,
        headers: { 'content-type': manifestType },
        body: manifest,
      });
      expect(pushed).toMatchObject({ status: 201, headers: { 'docker-content-digest': digestOf(manifest) } });

      const accept = { headers: { accept: manifestType } };
      expect(await ask(the, { target: nextOf(the, pushed), ...accept })).toMatchObject({
        status: 200,
        body: manifest.toString(),
        headers: { 'content-type': manifestType },
      });
      expect(await ask(the, { method: 'HEAD', target, ...accept })).toMatchObject({
        status: 200,
        body: '',
        headers: { 'content-length': String(manifest.length), 'docker-content-digest': digestOf(manifest) },
      });
      const pulled = await ask(the, { target: `/v2/team/app/blobs/${digest}`, encoding: 'latin1' });
      expect(Buffer.from(pulled.body, 'latin1').equals(layer)).toBe(true);
    });

    test('is closed to who is not signed in', async () => {
      const begun = await askAsStranger(the, { method: 'POST', target: '/v2/team/app/blobs/uploads/' });
      expect(begun).toMatchObject({ status: 401, headers: { 'www-authenticate': expect.any(String) } });
    });
  });
}

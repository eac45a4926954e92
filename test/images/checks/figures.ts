import { ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import { baseImages } from '../../fixtures/dockerfile.ts';
import { publicDeployments } from '../../fixtures/public-deployments.ts';
import { listens, startContainer } from '../container.ts';
import type { Image, Inspected } from '../image.ts';
import { outputOf } from '../program.ts';
import type { Check } from './check.ts';
import { ssoOf } from './services.ts';

const last = z
  .object({ release: z.string(), megabytes: z.number(), readyMs: z.number() })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../last-release.json'), 'utf8')));

// Only what nobody can have wanted fails.
const grossMegabytes = last.megabytes * 1.25;
// A busy machine takes many times as long for the same.
const grossMs = Math.max(10 * last.readyMs, 60_000);

const compared = (now: number, before: number, unit: string) =>
  `${Math.round(now)} ${unit}, ${now < before ? '' : '+'}${Math.round(now - before)} since ${last.release}`;

/** How many bytes the image adds to its base, in MB. */
export async function megabytesOverBase(image: Image): Promise<number> {
  const said = await outputOf(image.workshop.podman(['image', 'inspect', baseImages().at(-1) ?? '']));
  const [{ Size = 0 } = {}] = JSON.parse(said) as Partial<Inspected>[];
  ok(Size > 0);
  return (image.inspected.Size - Size) / 1e6;
}

/** How the image compares with that of the last release. */
export const figures: readonly Check[] = [
  {
    name: 'is not much larger than at the last release',
    async run(image) {
      const megabytes = await megabytesOverBase(image);
      const said = compared(megabytes, last.megabytes, 'MB over its base');
      ok(megabytes <= grossMegabytes, said);
      return said;
    },
  },
  {
    name: 'is ready about as soon as at the last release',
    async run(image) {
      const { proxy: env } = publicDeployments('/sso')[0];
      const began = performance.now();
      const proxy = await startContainer(image, ['/bin/sso-proxy'], { env, sso: ssoOf(image) });
      await listens(proxy);
      const readyMs = performance.now() - began;
      await proxy.printed(/"version":"1\.2\.3","revision":"[0-9a-f]{40}"/);
      await proxy.stop();
      const said = compared(readyMs, last.readyMs, 'ms from `run` until the proxy was ready');
      ok(readyMs <= grossMs, said);
      return said;
    },
  },
];

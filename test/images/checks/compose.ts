import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Browser } from '@latchkey/testing/browser';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { z } from 'zod';
import { baseImages } from '../../fixtures/dockerfile.ts';
import { signIn, signOut } from '../../fixtures/sign-in.ts';
import type { Image } from '../image.ts';
import { outputOf, run } from '../program.ts';
import type { Check } from './check.ts';

const root = join(import.meta.dirname, '../../..');
const file = z
  .object({
    services: z.record(z.string(), z.object({ image: z.string() })),
    networks: z.object({
      front: z.object({
        name: z.string(),
        ipam: z.object({ config: z.tuple([z.object({ subnet: z.string() })]) }),
      }),
    }),
  })
  .parse(
    load(readFileSync(join(root, 'deploy/compose/compose.yml'), 'utf8'), {
      schema: CORE_SCHEMA.withTags(mergeTag),
    }),
  );
const hello = 'http://hello.latchkey.localhost:4180/';
const wiki = 'http://wiki.latchkey.localhost:4180/start?page=2';
const auth = { authUrl: (path = '') => `http://sso.latchkey.localhost:4180${path}` };

/** What compose takes from a registry of images, made of Debian's packages: redis-server in the place of Valkey. */
async function makeStandIns({ workshop }: Image): Promise<void> {
  const context = join(workshop.folder, 'stand-ins');
  mkdirSync(context);
  writeFileSync(
    join(context, 'Dockerfile'),
    `FROM ${baseImages().find((name) => name.startsWith('docker.io/library/debian:')) ?? ''}
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends caddy redis-server wget && \\
  ln -s redis-server /usr/bin/valkey-server && ln -s redis-cli /usr/bin/valkey-cli
`,
  );
  const tags = Object.values(file.services).flatMap(({ image }) =>
    image.startsWith('docker.io/') ? ['--tag', image] : [],
  );
  await outputOf(
    workshop.buildah(['bud', '--isolation', 'chroot', '--pull-never', ...tags, context], {
      timeoutMs: 300_000,
    }),
  );
}

/** The folder of compose, its secrets made; the checkout itself gets none. */
async function makeFolder({ workshop, name }: Image): Promise<readonly string[]> {
  const folder = join(workshop.folder, 'compose');
  cpSync(join(root, 'deploy/compose'), folder, {
    recursive: true,
    filter: (path) => !path.startsWith(join(root, 'deploy/compose/secrets')),
  });
  const checkout = join(folder, 'checkout.yml');
  writeFileSync(checkout, JSON.stringify({ services: { provider: { volumes: [`${root}:/checkout:ro`] } } }));
  await outputOf(workshop.podman(['tag', name, 'latchkey']));
  const env = { ...workshop.env, DOCKER: workshop.podmanProgram };
  await outputOf(run(join(folder, 'make-secrets'), [], { env }));
  return ['--file', join(folder, 'compose.yml'), '--file', checkout];
}

async function signInAndOut(): Promise<void> {
  const engineer = new Browser();
  const first = await signIn(engineer, hello, 'engineer@example.com');
  deepEqual([first.status, first.url], [200, hello]);
  equal(first.body, 'hello: engineer@example.com asks for /\n');
  match(
    first.hops.map(({ url }) => url).join('\n'),
    /^http:\/\/sso\.latchkey\.localhost:4180\/google\/callback\?/m,
  );
  const second = await engineer.visit(wiki);
  deepEqual([second.status, second.body], [200, 'wiki: engineer@example.com asks for /start?page=2\n']);

  const other = new Browser();
  const refused = await signIn(other, wiki, 'finance@example.com');
  deepEqual([refused.status, refused.url], [403, wiki]);

  equal((await signOut(engineer, auth)).status, 200);
  for (const url of [hello, wiki]) {
    const { status, location } = await engineer.visit(url, { follow: false });
    deepEqual([status, location?.startsWith(auth.authUrl('/google/sign_in?'))], [302, true]);
  }
  await Promise.all([engineer.close(), other.close()]);
}

/** Asks as its health check says, which a podman without systemd does not do by itself. */
async function healthy({ workshop }: Image, name: string, late: AbortSignal): Promise<void> {
  for (;;) {
    const { code, stdout, stderr } = await workshop.podman(['healthcheck', 'run', name]);
    if (code === 0) return;
    const state = await workshop.podman(['container', 'inspect', '--format', '{{.State.Status}}', name]);
    if (late.aborted || state.stdout.trim() !== 'running') {
      const { stdout: log, stderr: errors } = await workshop.podman(['logs', '--tail', '20', name]);
      throw new Error(`${name} is ${state.stdout}${stdout}${stderr}, having said:\n${log}${errors}`);
    }
  }
}

export const compose: readonly Check[] = [
  {
    name: 'compose: up, everything is healthy, people sign in, are refused and sign out, down',
    needs: ['podman-compose', 'openssl'],
    limitMs: 10 * 60_000,
    async run(image) {
      const { workshop } = image;
      await makeStandIns(image);
      const files = await makeFolder(image);
      const { name, ipam } = file.networks.front;
      // As docs/operating.md says: this version reads no subnet from the file.
      await outputOf(workshop.podman(['network', 'create', '--subnet', ipam.config[0].subnet, name]));
      const podmanCompose = (...args: readonly string[]) =>
        outputOf(
          run('podman-compose', ['--podman-path', workshop.podmanProgram, ...files, ...args], {
            env: workshop.env,
            timeoutMs: 300_000,
          }),
        );
      await podmanCompose('up', '--detach');
      try {
        const late = AbortSignal.timeout(180_000);
        for (const service of Object.keys(file.services)) await healthy(image, `compose_${service}_1`, late);
        await signInAndOut();
        const kept = await outputOf(workshop.podman(['exec', 'compose_store_1', 'valkey-cli', 'dbsize']));
        ok(Number(kept) > 0, 'nothing is in the store');
      } finally {
        await podmanCompose('down');
      }
      equal(await outputOf(workshop.podman(['ps', '--all', '--quiet', '--filter', 'name=compose_'])), '');
    },
  },
];

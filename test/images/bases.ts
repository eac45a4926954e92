// Stand-ins for the official images that the Dockerfile builds from, made of Debian packages and of the Node that runs
// this, so that no registry of images is needed. They have what the official ones have and the Dockerfile must undo.
import { copyFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseImages } from '../fixtures/dockerfile.ts';
import { outputOf, run } from './program.ts';
import type { Workshop } from './workshop.ts';

const suite = 'bookworm';
const certificates = process.env['NODE_EXTRA_CA_CERTS'] ?? '/etc/ssl/certs/ca-certificates.crt';

/** Makes each of the base images, under the name that the Dockerfile gives it. */
export async function makeBases(workshop: Workshop): Promise<void> {
  const debian = nameOf(`docker.io/library/debian:${suite}`);
  await build(workshop, debian, await makeDebian(workshop.folder));
  await build(workshop, nameOf('docker.io/library/node:'), await makeNode(workshop.folder, debian));
}

function nameOf(start: string): string {
  const name = baseImages().find((image) => image.startsWith(start));
  if (name === undefined) throw new Error(`the Dockerfile builds from no ${start}…`);
  return name;
}

async function build(workshop: Workshop, name: string, context: string): Promise<void> {
  await outputOf(workshop.buildah(['bud', '--isolation', 'chroot', '--pull-never', '-t', name, context]));
}

async function makeDebian(folder: string): Promise<string> {
  const [root, context] = [join(folder, 'root'), join(folder, 'debian')];
  const args = ['--variant=minbase', suite, root, ...(await mirror())];
  await outputOf(run('debootstrap', args, { timeoutMs: 300_000 }));
  mkdirSync(context);
  const left = [
    './dev/*',
    './var/cache/apt/*',
    './var/lib/apt/lists/*',
    './usr/share/doc',
    './usr/share/locale',
  ];
  await outputOf(
    run('tar', [
      '-C',
      root,
      ...left.map((path) => `--exclude=${path}`),
      '-cf',
      join(context, 'root.tar'),
      '.',
    ]),
  );
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nADD root.tar /\nCMD ["bash"]\n');
  return context;
}

/** The mirror that this machine has its own packages from. */
async function mirror(): Promise<string[]> {
  const { stdout } = await run('apt-get', [
    'indextargets',
    '--format',
    '$(SITE) $(CODENAME)',
    'Identifier: Packages',
  ]);
  const line = stdout.split('\n').find((line) => line.endsWith(` ${suite}`));
  return line === undefined ? [] : [line.slice(0, -suite.length - 1)];
}

async function makeNode(folder: string, debian: string): Promise<string> {
  const context = join(folder, 'node');
  mkdirSync(context);
  copyFileSync(process.execPath, join(context, 'node'));
  // `npm` on the PATH is a link into its package.
  const npm = (await outputOf(run('/bin/sh', ['-c', 'readlink -f "$(command -v npm)"']))).trim();
  cpSync(join(npm, '../..'), join(context, 'npm'), { recursive: true });
  writeFileSync(join(context, 'certificates.crt'), '');
  if (existsSync(certificates)) copyFileSync(certificates, join(context, 'certificates.crt'));
  const registry = (await outputOf(run('npm', ['config', 'get', 'registry']))).trim();
  writeFileSync(
    join(context, 'Dockerfile'),
    `FROM ${debian}
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY certificates.crt /etc/ssl/certs/ca-certificates.crt
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && chmod 0755 /usr/local/bin/node
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
ENV npm_config_registry=${registry} pnpm_config_registry=${registry}
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]
`,
  );
  return context;
}

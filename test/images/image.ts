import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { outputOf, run } from './program.ts';
import type { Workshop } from './workshop.ts';

/** The built image. */
export type Image = {
  readonly name: string;
  readonly workshop: Workshop;
  readonly inspected: Inspected;
  /** its files, as a folder of this machine */
  readonly files: string;
  /** the folder with its bill of materials and its provenance */
  readonly papers: string;
};

/** What `podman image inspect` says, as far as it is looked at. */
export type Inspected = {
  readonly Size: number;
  readonly User: string;
  readonly History: unknown;
  readonly Healthcheck?: { readonly Test: readonly string[] };
  readonly Labels: Readonly<Record<string, string>>;
  readonly Config: {
    readonly Env: readonly string[];
    readonly Entrypoint?: readonly string[];
    readonly ExposedPorts?: Readonly<Record<string, unknown>>;
    readonly StopSignal?: string;
    readonly WorkingDir?: string;
  };
};

/** What lies about in the checkout that the image is built from. Nothing of it may get in. */
export const marker = 'this-lay-about-in-the-checkout';
const lyingAbout = [
  '.env',
  '.npmrc',
  'server.pem',
  'deploy/environments/prod.secrets.env',
  'node_modules/stray/index.js',
  'packages/session/keys.txt',
  'services/auth/.env.local',
  'services/proxy/dist/stale.js',
  'services/proxy/test/stale.js',
];

/** The commit that the image is labelled with. */
export const revision = '4943c62ab747ed58dccddca798ca3dc80d2b5fa0';

const root = join(import.meta.dirname, '../..');
const notCopied = new Set(['.git', 'coverage', 'dist', 'node_modules']);

/** Builds the image from a copy of this checkout that only its owner can read. */
export async function buildImage(workshop: Workshop): Promise<Image> {
  const context = join(workshop.folder, 'checkout');
  cpSync(root, context, { recursive: true, filter: (path) => !notCopied.has(basename(path)) });
  for (const path of lyingAbout) {
    mkdirSync(dirname(join(context, path)), { recursive: true });
    writeFileSync(join(context, path), `// ${marker}\n`);
  }
  chmodSync(join(context, 'deploy/images/bin'), 0o700);
  await outputOf(run('chmod', ['--recursive', 'go-rwx', context]));

  const name = 'localhost/latchkey:1.2.3';
  const papers = join(workshop.folder, 'papers');
  // As `docs/releasing.md` says, with what stands in for docker here.
  const script = join(context, 'deploy/images/build.ts');
  const args = ['--version', '1.2.3', '--revision', revision, '--name', 'localhost/latchkey', '--offline'];
  const forPodman = ['--isolation', 'chroot', '--pull=never', '--format', 'docker'];
  await outputOf(
    run(
      process.execPath,
      [script, ...args, '--out', papers, '--tool', workshop.podmanProgram, '--', ...forPodman],
      { env: workshop.env, timeoutMs: 600_000 },
    ),
  );
  const [inspected] = JSON.parse(await outputOf(workshop.podman(['image', 'inspect', name]))) as Inspected[];
  if (inspected === undefined) throw new Error(`${name} is not there`);
  const files = (await outputOf(workshop.podman(['image', 'mount', name]))).trim();
  return { name, workshop, inspected, files, papers };
}

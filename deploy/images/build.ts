// Builds the image of a release, and writes beside it what it is made of and how it was made: docs/releasing.md.
//   npm run image -- --version 1.2.0 --out ../latchkey-1.2.0
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { provenanceOf } from './provenance.ts';

const root = join(import.meta.dirname, '../..');
const dockerfile = join(import.meta.dirname, 'Dockerfile');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: 'string' },
    out: { type: 'string' },
    name: { type: 'string', default: 'latchkey' },
    // Anything with the command line of docker.
    tool: { type: 'string', default: 'docker' },
    // Of a checkout without `.git`.
    revision: { type: 'string' },
    // Builds from the base images that are here.
    offline: { type: 'boolean', default: false },
  },
});

function refuse(why: string): never {
  process.stderr.write(`image: ${why}\n`);
  process.exit(1);
}

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
const tool = (...args: string[]) => run(values.tool, ...args);
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** A commit, and what is built is that commit. */
function revisionOfCheckout(): string {
  if (run('git', 'status', '--porcelain') !== '')
    refuse('the checkout differs from its commit: commit, or stash');
  return run('git', 'rev-parse', 'HEAD');
}

/** The digest by which a registry knows an image, or else its ID. */
function digestOf(image: string): string {
  const [{ Id, RepoDigests }] = JSON.parse(tool('image', 'inspect', image));
  return String(RepoDigests?.[0] ?? Id).replace(/^.*sha256:/, '');
}

const { version = '', out = '' } = values;
if (!/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)) refuse('--version is missing: write it like 1.2.0');
if (out === '') refuse('--out is missing: name a folder for the bill of materials and the provenance');
const revision = values.revision ?? revisionOfCheckout();
const name = `${values.name}:${version}`;
const bases = [...readFileSync(dockerfile, 'utf8').matchAll(/^FROM (\S+[:/]\S+)/gm)].map(
  ([, base = '']) => base,
);
mkdirSync(out, { recursive: true });

const began = new Date();
if (!values.offline) for (const base of bases) tool('pull', base);
const id = join(out, 'image-id');
const args = ['--build-arg', `VERSION=${version}`, '--build-arg', `REVISION=${revision}`, '--iidfile', id];
tool('build', ...args, ...positionals, '--tag', name, '--file', dockerfile, root);
const ended = new Date();

const container = tool('create', name, 'nothing');
const sbom = join(out, 'sbom.cdx.json');
tool('cp', `${container}:/opt/latchkey/sbom.cdx.json`, sbom);
tool('rm', container);

const provenance = provenanceOf({
  name,
  image: readFileSync(id, 'utf8').replace('sha256:', '').trim(),
  sbom: sha256(sbom),
  lockfile: sha256(join(root, 'pnpm-lock.yaml')),
  bases: bases.map((base) => ({ name: base, digest: digestOf(base) })),
  version,
  revision,
  began,
  ended,
});
writeFileSync(join(out, 'provenance.json'), `${JSON.stringify(provenance, undefined, 2)}\n`);
process.stdout.write(`image: built ${name}, of revision ${revision}; ${out} has its papers\n`);

import { deepEqual, ok } from 'node:assert/strict';
import { lstatSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join, relative } from 'node:path';
import type { Image } from '../image.ts';
import { marker } from '../image.ts';
import type { Check } from './check.ts';
import { megabytesOverBase } from './figures.ts';

type Entry = { readonly path: string; readonly stats: Stats };

/** Everything in the image under a folder, with paths as the image has them. Links are not followed. */
function entriesOf(image: Image, under: string): Entry[] {
  const folder = join(image.files, under);
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(under, entry.name);
    const itself = { path, stats: lstatSync(join(folder, entry.name)) };
    return entry.isDirectory() ? [itself, ...entriesOf(image, path)] : [itself];
  });
}

const pathsOf = (entries: readonly Entry[], wanted: RegExp) =>
  entries.map(({ path }) => path).filter((path) => wanted.test(path));

const megabytes = (bytes: number) => Math.round(bytes / 1e6);
const application = '/opt/latchkey';
// Files larger than this are programs and shared libraries.
const textBytes = 4 * 1024 * 1024;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}/;

/** What is in the image, and what is not. */
export const contents: readonly Check[] = [
  {
    name: 'holds nothing of the tests, the demo, its provider or the tools of the build',
    run(image) {
      const entries = entriesOf(image, application);
      ok(pathsOf(entries, /@latchkey\/proxy\/dist\/main\.js$/).length > 0);
      deepEqual(pathsOf(entries, /@latchkey\/(?:dev-idp|test|deploy)|\+(?:dev-idp|test|deploy)@/), []);
      deepEqual(pathsOf(entries, /\.test\.\w+$|\/@latchkey\/\w+\/(?:src|test)/), []);
      deepEqual(
        pathsOf(
          entries,
          /\/node_modules\/(?:oidc-provider|jest|typescript|oxlint|prettier|playwright-core|@types)$/,
        ),
        [],
      );
    },
  },
  {
    name: 'holds no types, no sources and no source map',
    run(image) {
      const entries = entriesOf(image, application);
      deepEqual(pathsOf(entries, /\.(?:[cm]?ts|map|tsbuildinfo)$/), []);
      const ours = entries.filter(({ path }) => /\/@latchkey\/\w+\/dist\/.*\.js$/.test(path));
      ok(ours.length > 100, `only ${ours.length} files of ours`);
      for (const { path } of ours) {
        ok(!readFileSync(join(image.files, path), 'utf8').includes('sourceMappingURL'), path);
      }
    },
  },
  {
    name: 'holds nothing that lay about in the checkout, and no private key',
    run(image) {
      const entries = entriesOf(image, '/');
      const texts = entries.filter(({ stats }) => stats.isFile() && stats.size < textBytes);
      ok(texts.length > 1_000);
      for (const { path } of texts) {
        const text = readFileSync(join(image.files, path), 'latin1');
        ok(!text.includes(marker), path);
        // Debian's libraries for TLS test themselves with keys of theirs.
        ok(path.startsWith('/usr/lib/') || !privateKey.test(text), path);
      }
      deepEqual(pathsOf(entries, /\/(?:\.env[^/]*|\.npmrc|\.git|stale\.js)$/), []);
    },
  },
  {
    name: 'holds no package manager, so nothing runs `npm`',
    run: (image) =>
      deepEqual(pathsOf(entriesOf(image, '/usr'), /\/(?:npm|npx|pnpm|pnpx|yarn|corepack)$/), []),
  },
  {
    name: 'leaves its user nothing to change',
    run(image) {
      const [user = ''] = image.inspected.User.split(':');
      const entries = [application, '/usr', '/etc'].flatMap((folder) => entriesOf(image, folder));
      const changeable = entries.filter(
        ({ stats }) => String(stats.uid) === user || (!stats.isSymbolicLink() && (stats.mode & 0o002) !== 0),
      );
      deepEqual(pathsOf(changeable, /./), []);
      const unreadable = entriesOf(image, application).filter(({ stats }) => (stats.mode & 0o004) === 0);
      deepEqual(pathsOf(unreadable, /./), []);
    },
  },
  {
    name: 'has no link that leads out of the application',
    run(image) {
      const home = realpathSync(join(image.files, application));
      for (const { path, stats } of entriesOf(image, application)) {
        if (!stats.isSymbolicLink()) continue;
        ok(!relative(home, realpathSync(join(image.files, path))).startsWith('..'), path);
      }
    },
  },
  {
    name: 'is small: 160 MB over its base, of which the application has 30 MB',
    async run(image) {
      const over = Math.round(await megabytesOverBase(image));
      // What a folder takes is the file system's own affair.
      const files = entriesOf(image, application).filter(({ stats }) => stats.isFile());
      const bytes = files.reduce((sum, { stats }) => sum + stats.size, 0);
      ok(over <= 160 && megabytes(bytes) <= 30, `${over} MB, and ${megabytes(bytes)} MB`);
    },
  },
];

import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { releaseAt } from './release.ts';

const home = mkdtempSync(join(tmpdir(), 'latchkey-release-'));
afterAll(() => rmSync(home, { recursive: true }));
const sha = '4943c62ab747ed58dccddca798ca3dc80d2b5fa0';
const other = '0'.repeat(40);

/** A folder with these files in it. */
function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name, path)), { recursive: true });
    writeFileSync(join(home, name, path), text);
  }
  return join(home, name);
}

describe('which Latchkey this is', () => {
  test('an image says it in a file at its top', () => {
    const image = folderOf('image', { 'release.json': `{"version":"1.2.3","revision":"${sha}"}` });
    expect(releaseAt(join(image, 'node_modules/a/dist'))).toEqual({ version: '1.2.3', revision: sha });
  });

  test.each([
    ['a branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${sha}\n` }],
    [
      'a branch that git has packed',
      {
        '.git/HEAD': 'ref: refs/heads/main\n',
        '.git/packed-refs': `# pack-refs with: peeled\n${other} refs/heads/not/refs/heads/main\n${sha} refs/heads/main\n`,
      },
    ],
    ['no branch', { '.git/HEAD': `${sha}\n` }],
    [
      'a worktree',
      {
        '.git': 'gitdir: ../whole/.git/worktrees/w\n',
        '../whole/.git/worktrees/w/HEAD': 'ref: refs/heads/w\n',
        '../whole/.git/worktrees/w/commondir': '../..\n',
        '../whole/.git/refs/heads/w': `${sha}\n`,
      },
    ],
  ])('a checkout of %s has its revision in .git', (name, files) => {
    const checkout = folderOf(`${name}/checkout`, files);
    expect(releaseAt(join(checkout, 'packages/http'))).toEqual({ version: 'unreleased', revision: sha });
  });

  test('a branch without a commit, and a folder that is no checkout, are of an unknown revision', () => {
    const fresh = folderOf('fresh', { '.git/HEAD': 'ref: refs/heads/main\n' });
    for (const folder of [fresh, folderOf('bare', { 'package.json': '{}' })]) {
      expect(releaseAt(folder)).toEqual({ version: 'unreleased', revision: 'unknown' });
    }
  });
});

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Which Latchkey runs: its version, and the revision of git that it was built from. */
export type Release = { readonly version: string; readonly revision: string };

const ofNobody: Release = { version: 'unreleased', revision: 'unknown' };

/**
 * What the image says of itself, in the `release.json` at its top, or what a checkout was last committed as. It is looked
 * for from `folder` upwards. Nothing fails where neither says it.
 */
export function releaseAt(folder: string): Release {
  for (let at = folder; ; at = dirname(at)) {
    const stated = readIf(join(at, 'release.json'));
    if (stated !== undefined) {
      const release: Partial<Release> = JSON.parse(stated);
      return { ...ofNobody, ...release };
    }
    const revision = revisionOf(at);
    if (revision !== undefined) return { ...ofNobody, revision };
    if (at === dirname(at)) return ofNobody;
  }
}

/** The release that this file belongs to. */
export const release = releaseAt(import.meta.dirname);

// Without git, which need not be there where a checkout is run: gitrepository-layout(5).
function revisionOf(checkout: string): string | undefined {
  // Of a worktree `.git` is a file that names its folder, and there `commondir` names the one with the branches.
  const [, elsewhere] = /^gitdir: (.+)$/m.exec(readIf(join(checkout, '.git')) ?? '') ?? [];
  const folder = resolve(checkout, elsewhere ?? '.git');
  const head = readIf(join(folder, 'HEAD'))?.trim();
  const [, branch] = /^ref: (.+)$/.exec(head ?? '') ?? [];
  if (branch === undefined) return head;
  const common = resolve(folder, readIf(join(folder, 'commondir'))?.trim() ?? '.');
  const packed = readIf(join(common, 'packed-refs'))?.split('\n') ?? [];
  return (
    readIf(join(common, branch))?.trim() ?? packed.find((line) => line.endsWith(` ${branch}`))?.split(' ')[0]
  );
}

function readIf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

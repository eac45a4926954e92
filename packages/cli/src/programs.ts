import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * What opens an address in a browser of this machine; undefined where the person at the keyboard would not see it.
 */
export function browserOf({
  platform,
  env,
}: Pick<NodeJS.Process, 'platform' | 'env'>): ((address: string) => void) | undefined {
  const isRemote = (env['SSH_CONNECTION'] ?? '') !== '';
  const hasDisplay = (env['DISPLAY'] ?? env['WAYLAND_DISPLAY'] ?? '') !== '';
  if (platform === 'darwin' && !isRemote) return opening('open');
  return platform === 'linux' && hasDisplay && !isRemote ? opening('xdg-open') : undefined;
}

function opening(program: string): (address: string) => void {
  return function open(address) {
    const child = spawn(program, [address], { stdio: 'ignore', detached: true });
    // The address was printed as well.
    child.on('error', () => undefined);
    child.unref();
  };
}

/**
 * Runs a program at the same terminal, and gives its exit code. The secret is neither in its arguments, which everybody on the
 * machine can see, nor in its environment, which all that it starts would get: it reads it from `/dev/fd/3`.
 */
export async function runWith(secret: string, program: string, args: readonly string[]): Promise<number> {
  const file = unnamedFile(secret);
  try {
    const child = spawn(program, args, { stdio: ['inherit', 'inherit', 'inherit', file] });
    return await exitCodeOf(child);
  } finally {
    closeSync(file);
  }
}

/** Runs a program at the same terminal, with files in a folder of this user alone, and gives its exit code. The folder goes with it. */
export async function runBeside(
  files: Readonly<Record<string, string>>,
  program: string,
  args: (folder: string) => readonly string[],
): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), content, { flag: 'wx', mode: 0o600 });
    }
    return await exitCodeOf(spawn(program, args(folder), { stdio: 'inherit' }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

/** A command as it is written in a shell, whatever is in its words. */
export function shellText(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}

// A pipe of Node is a socket, and a socket cannot be opened by its name in /dev/fd.
function unnamedFile(content: string): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-'));
  try {
    const file = openSync(path.join(folder, 'secret'), 'wx+', 0o600);
    writeSync(file, content, 0);
    return file;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

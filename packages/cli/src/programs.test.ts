import { expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { browserOf, runWith } from './programs.ts';

test('a program reads the secret by the name of a file, finds it in no argument, and its exit code comes back', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-test-'));
  const seen = path.join(folder, 'seen');
  const script = 'cat /dev/fd/3 > "$1"; ps -o args= -p $$ >> "$1" 2>/dev/null; exit 22';
  expect(await runWith('s3cret\n', 'sh', ['-c', script, 'sh', seen])).toBe(22);
  const [secret, ...process] = readFileSync(seen, 'utf8').split('\n');
  expect(secret).toBe('s3cret');
  expect(process.join('\n')).not.toContain('s3cret');
  rmSync(folder, { recursive: true });
});

test('a program that is not there is an error', async () => {
  await expect(runWith('', '/nowhere/curl', [])).rejects.toMatchObject({ code: 'ENOENT' });
});

test.each<[platform: NodeJS.Platform, env: NodeJS.ProcessEnv, has: boolean]>([
  ['darwin', {}, true],
  ['darwin', { SSH_CONNECTION: '192.0.2.1 22' }, false],
  ['linux', { DISPLAY: ':0' }, true],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
  ['linux', { DISPLAY: ':10', SSH_CONNECTION: '192.0.2.1 22' }, false],
  ['linux', {}, false],
  ['win32', {}, false],
])('on %s with %j there is a browser that a person sees: %j', (platform, env, has) => {
  expect(browserOf({ platform, env }) !== undefined).toBe(has);
});

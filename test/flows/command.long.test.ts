import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

function latchkey(...args: string[]) {
  return spawnSync('npm', ['run', '-s', 'latchkey', '--', ...args], { cwd: root, encoding: 'utf8' });
}

// Node reads `--env-file` wherever it stands on its command line, and takes NODE_OPTIONS from that file.
test('an env file is read by the command and never by Node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  const envFile = join(folder, 'proxy.env');
  writeFileSync(
    envFile,
    'NODE_OPTIONS=--no-such-option\nUPSTREAM_CLUSTER=prod\nSSO_CONFIG_ROOT_DOMAIN=x.test\nSSO_CONFIG_ROOT_PATTERN=x\n',
  );
  const answer = latchkey('routes', 'deploy/environments/upstreams.yml', '--env-file', envFile);
  expect([answer.status, answer.stderr]).toEqual([0, '']);
  expect(answer.stdout).toContain('vault.x.test');

  const missing = latchkey(
    'check',
    'deploy/environments/upstreams.yml',
    '--env-file',
    join(folder, 'none.env'),
  );
  expect(missing.status).toBe(2);
  expect(missing.stderr).toContain('cannot be read');
  rmSync(folder, { recursive: true });
});

test('a reader that has seen enough is no failure, and standard input is read to its end', () => {
  const command = 'npm run -s latchkey -- schema | head -c 1; echo " ${PIPESTATUS[0]}"';
  const closed = spawnSync('bash', ['-c', command], { cwd: root, encoding: 'utf8' });
  expect([closed.stdout, closed.stderr]).toEqual(['{ 0\n', '']);

  const args = ['run', '-s', 'latchkey', '--', 'routes', '-', '--cluster', ''];
  const input = '- service: a\n  default: {from: a.test, to: b, options: {allowed_groups: [x]}}\n';
  const read = spawnSync('npm', args, { cwd: root, encoding: 'utf8', input });
  expect([read.status, read.stdout.split('\t')[0], read.stderr]).toEqual([0, 'a.test', '']);
});

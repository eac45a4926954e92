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
}, 30_000);

// A broken edit went out, the proxy went on with the routes that it had, and nobody could see which those were: the file that
// they came from was overwritten.
import { afterEach, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { latchkey } from '../../packages/cli/test-support/latchkey.ts';
import { startLoneProxy } from '../fixtures/lone-proxy.ts';

const good = `- service: wiki
  default: { from: wiki.test, to: http://wiki.internal, options: { allowed_groups: [eng] } }
`;
const broken = good.replace('allowed_groups', 'timeout: 5, allowed_groups');

const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
const file = join(folder, 'upstreams.yml');
const copy = join(folder, 'live.yml');
const env = { UPSTREAM_CONFIG: '', UPSTREAM_CONFIGFILE: file, UPSTREAM_LIVE_COPY: copy };
afterEach(() => rmSync(folder, { recursive: true }));

test('the routes in force can be listed, and compared with the broken file', async () => {
  writeFileSync(file, good);
  const proxy = await startLoneProxy({ upstreamPort: 9, env });
  try {
    await proxy.process.prints(/file in force was copied/);
    writeFileSync(file, broken);
    proxy.process.signal('SIGHUP');
    await proxy.process.prints(/the routes stay as they were/);
  } finally {
    await proxy.stop();
  }

  const live = readFileSync(copy, 'utf8');
  expect(live).toBe(good);
  const files = { 'live.yml': live, 'upstreams.yml': broken };
  const routes = await latchkey(files, ['routes', 'live.yml', '--cluster', '']);
  expect(routes).toMatchObject({ code: 0, stdout: expect.stringContaining('wiki.test') });
  const diff = await latchkey(files, ['diff', 'live.yml', 'upstreams.yml', '--cluster', '']);
  expect(diff).toMatchObject({ code: 1, stdout: expect.stringContaining('upstreams.yml:2:') });
}, 20_000);

// A broken edit went out, the proxy went on with the routes that it had, and nobody could see which those were: the file that
// they came from was overwritten.
import { afterEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { latchkey } from '@latchkey/testing/latchkey';
import { startLoneProxy } from '../fixtures/lone-proxy.ts';

const good = `- service: wiki
  default: { from: wiki.test, to: http://wiki.internal, options: { allowed_groups: [eng] } }
`;
const edited = good.replace('[eng]', '[eng, ops]');
const broken = good.replace('allowed_groups', 'timeout: 5, allowed_groups');

const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
const file = join(folder, 'upstreams.yml');
const copy = join(folder, 'live.yml');
const env = { UPSTREAM_CONFIG: '', UPSTREAM_CONFIGFILE: file, UPSTREAM_LIVE_COPY: copy };
afterEach(() => rmSync(folder, { recursive: true }));

/** A line that says how many routes there are, and the beginning of what `sha256sum` says of the file. */
function says(msg: string, text: string): RegExp {
  const sha256 = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return new RegExp(`"routes":1,"sha256":"${sha256}".*"msg":"${msg}"`);
}

test('the routes in force can be listed, and compared with the broken file', async () => {
  writeFileSync(file, edited);
  const proxy = await startLoneProxy({ upstreamPort: 9, env });
  try {
    await proxy.process.prints(/file in force was copied/);
    await proxy.process.prints(says('ready', edited));
    writeFileSync(file, good);
    proxy.process.signal('SIGHUP');
    await proxy.process.prints(says('the upstream file was read again', good));
    await proxy.process.prints(/file in force was copied[^]*file in force was copied/);
    writeFileSync(file, '');
    proxy.process.signal('SIGHUP');
    await proxy.process.prints(/loses too much at once: the routes stay as they were/);
    writeFileSync(file, broken);
    proxy.process.signal('SIGHUP');
    await proxy.process.prints(/has errors: the routes stay as they were/);
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
});

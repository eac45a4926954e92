import { deepEqual, equal, match } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runIn } from '../container.ts';
import type { Check } from './check.ts';

const root = join(import.meta.dirname, '../../..');
const schema = readFileSync(join(root, 'docs/upstreams.schema.json'), 'utf8');
const example = ['--volume', `${join(root, 'deploy/environments')}:/here:ro`, '--workdir', '/here'];

/** `/bin/latchkey`, and what the image says without a command. */
export const command: readonly Check[] = [
  {
    name: 'without a command, names the commands in one line and fails',
    async run(image) {
      const { code, stdout, stderr } = await runIn(image, []);
      deepEqual([code, stdout], [2, '']);
      match(stderr, /^.*\/bin\/sso-auth, \/bin\/sso-proxy, \/bin\/sso-connector or \/bin\/latchkey\.\n$/);
    },
  },
  {
    name: 'finds its commands on the PATH, and under /bin',
    async run(image) {
      const { stdout } = await runIn(image, [
        '/bin/sh',
        '-c',
        'command -v sso-auth; command -v sso-proxy; command -v sso-connector; command -v latchkey',
      ]);
      deepEqual(stdout.match(/[\w-]+$/gm), ['sso-auth', 'sso-proxy', 'sso-connector', 'latchkey']);
      const listed = await runIn(image, [
        '/bin/ls',
        '/bin/sso-auth',
        '/bin/sso-proxy',
        '/bin/sso-connector',
        '/bin/latchkey',
      ]);
      equal(listed.code, 0);
    },
  },
  {
    name: '`latchkey check` reads a file of the folder it is run in',
    async run(image) {
      const args = ['upstreams.yml', '--cluster', 'prod', '--env-file', 'proxy.prod.env'];
      const fine = await runIn(image, ['/bin/latchkey', 'check', ...args], example);
      equal(fine.code, 0, fine.stdout + fine.stderr);
      const wrong = await runIn(image, ['latchkey', 'check', 'auth.prod.env', '--cluster', 'prod'], example);
      equal(wrong.code, 1, wrong.stdout + wrong.stderr);
      match(wrong.stdout + wrong.stderr, /auth\.prod\.env:\d+/);
    },
  },
  {
    name: '`latchkey schema` is the schema of the documentation',
    async run(image) {
      const { code, stdout } = await runIn(image, ['latchkey', 'schema'], ['--workdir', '/tmp']);
      deepEqual([code, JSON.parse(stdout)], [0, JSON.parse(schema)]);
    },
  },
  {
    name: '`latchkey keys session` makes a key',
    async run(image) {
      const { code, stdout } = await runIn(
        image,
        ['/bin/latchkey', 'keys', 'session'],
        ['--workdir', '/etc'],
      );
      deepEqual([code, Buffer.from(stdout.trim(), 'base64').length], [0, 32]);
    },
  },
];

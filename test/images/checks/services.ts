import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { publicDeploymentFiles, publicDeployments } from '../../fixtures/public-deployments.ts';
import { sendRaw } from '../../fixtures/raw-request.ts';
import { listens, runIn, startContainer } from '../container.ts';
import type { Image } from '../image.ts';
import type { Check } from './check.ts';

const soonMs = 15_000;

/** The folder that a deployment mounts at /sso, as an init container leaves it. */
export function ssoOf({ workshop }: Image): string {
  const folder = join(workshop.folder, 'sso');
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(publicDeploymentFiles)) {
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const ping = (port: number) => sendRaw(port, 'GET /ping HTTP/1.1\nHost: 10.0.0.7\nConnection: close\n\n');

/** Both services of both public deployments, locked up: read-only, without capabilities, not root. */
const deployments = publicDeployments('/sso').flatMap(({ title, proxy, auth }) => [
  deployment(title, 'sso-proxy', proxy),
  deployment(title, 'sso-auth', auth),
]);

function deployment(title: string, command: string, env: Readonly<Record<string, string>>): Check {
  return {
    name: `/bin/${command} of ${title} public deployment: starts, answers /ping on 4180, is healthy, stops with 0`,
    async run(image) {
      const container = await startContainer(image, [`/bin/${command}`], { env, sso: ssoOf(image) });
      await listens(container);
      const { status, body } = await ping(container.port);
      deepEqual([status, body], [200, '']);
      const healthy = await container.exec(...(image.inspected.Healthcheck?.Test.slice(1) ?? []));
      equal(healthy.code, 0, healthy.stdout + healthy.stderr);

      const first = await container.exec(
        '/bin/sh',
        '-c',
        'tr "\\0" " " < /proc/1/cmdline; cat /proc/1/status',
      );
      match(first.stdout, /^\/usr\/local\/bin\/node /);
      match(first.stdout, /^Uid:\t65532\t/m);
      match(first.stdout, /^CapEff:\t0+$/m);
      notEqual((await container.exec('/bin/sh', '-c', 'echo > /opt/latchkey/here')).code, 0);

      const asked = performance.now();
      await container.stop();
      equal(await container.ended, 0);
      ok(performance.now() - asked < soonMs);
    },
  };
}

const slow = {
  ...publicDeployments('/sso')[0].proxy,
  SESSION_COOKIE_SECURE: 'false',
  UPSTREAM_CONFIGFILE: '',
  UPSTREAM_CONFIG: `- service: slow
  default:
    from: slow.example.com
    to: http://127.0.0.1:9000
    options: {allowed_email_domains: [example.com], skip_auth_regex: ['^/']}
`,
};
const slowApplication = `
  const held = [];
  const server = require('node:http').createServer((req, res) => void (held.push(res), res.write('half')));
  server.listen(9000, '127.0.0.1', () => console.log('waits'));
  process.on('SIGUSR2', () => held.forEach((res) => res.end(' and half')));
`;

async function answerOf(port: number, host: string): Promise<IncomingMessage> {
  const request = get({ host: '127.0.0.1', port, headers: { host }, timeout: 20_000 });
  request.once('timeout', () => request.destroy(new Error('no answer')));
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer;
}

export const services: readonly Check[] = [
  ...deployments,
  {
    name: 'drains: asked to stop, it is unhealthy, finishes the request under way, and ends with 0',
    async run(image) {
      const proxy = await startContainer(image, ['/bin/sso-proxy'], { env: slow });
      await listens(proxy);
      const application = await startContainer(image, ['/usr/local/bin/node', '-e', slowApplication], {
        beside: proxy,
      });
      await application.printed(/waits/);

      const answer = await answerOf(proxy.port, 'slow.example.com');
      equal(answer.statusCode, 200);
      await proxy.signal('TERM');
      await proxy.printed(/"msg":"stopping"/);
      equal((await proxy.exec('/bin/healthcheck')).code, 1);

      const asked = performance.now();
      await application.signal('USR2');
      equal(await text(answer), 'half and half');
      await proxy.printed(/"msg":"stopped"/);
      ok(performance.now() - asked < soonMs);
      await application.signal('KILL');
      await application.ended;
      equal(await proxy.ended, 0);
    },
  },
  {
    name: 'listens and is checked on another port where SERVER_PORT, or PORT of old, names one',
    async run(image) {
      for (const variable of ['SERVER_PORT', 'PORT']) {
        const env = { ...slow, [variable]: '8080' };
        const proxy = await startContainer(image, ['sso-proxy'], { env, listensOn: 8080 });
        await listens(proxy);
        equal((await ping(proxy.port)).status, 200);
        const { code, stdout } = await proxy.exec('/bin/healthcheck');
        equal(code, 0, stdout);
        await proxy.stop();
        await proxy.ended;
      }
    },
  },
  {
    name: 'is unhealthy where nothing serves, and says so in one line',
    async run(image) {
      const { code, stdout, stderr } = await runIn(image, ['/bin/healthcheck']);
      deepEqual([code, stderr], [1, '']);
      match(stdout, /^127\.0\.0\.1:4180\/ping: .*ECONNREFUSED.*\n$/);
    },
  },
  {
    name: 'says what to write where a setting is missing, and ends with 1',
    async run(image) {
      const { code, stderr } = await runIn(image, ['/bin/sso-auth']);
      equal(code, 1);
      match(stderr, /^auth cannot start:\n(?: {2}[A-Z_<>]+: .*\n)+$/);
    },
  },
];

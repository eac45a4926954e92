// Two public deployments of BuzzFeed SSO on ECS Fargate: our services start with their environments and their upstream
// files as they are. Paths and ports are this machine's.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@latchkey/testing/ports';
import {
  publicDeploymentFiles,
  publicDeployments,
  versionOneDeployment,
} from '../fixtures/public-deployments.ts';
import { sendRaw } from '../fixtures/raw-request.ts';
import { startService } from '../fixtures/service-process.ts';

jest.setTimeout(30_000);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  for (const [name, text] of Object.entries(publicDeploymentFiles)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

const deployments = () => [...publicDeployments(folder), versionOneDeployment(folder)];
const titles = ['the first', 'the second', 'one of version 1'];

// As browsers and the load balancer in front send it: TLS ends there, and no setting makes us trust it.
function navigation(url: URL): string {
  return [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    'X-Forwarded-Proto: https',
    'Sec-Fetch-Mode: navigate',
    'Sec-Fetch-Dest: document',
    'Connection: close',
    '\n',
  ].join('\n');
}

describe.each(titles)('%s, both services', (title) => {
  test('start, are healthy, send a person to Google under the registration that it has, and end with 0 on SIGTERM', async () => {
    const ports = { proxy: await freePort(), auth: await freePort() };
    const envs = deployments().find((one) => one.title === title);
    const proxy = startService('proxy', { ...envs?.proxy, SERVER_PORT: String(ports.proxy) });
    const auth = startService('auth', { ...envs?.auth, SERVER_PORT: String(ports.auth) });
    await Promise.all([proxy.listening, auth.listening]);
    for (const service of [proxy, auth]) {
      await service.prints(/"version":"unreleased","revision":"(?:[0-9a-f]{40}|unknown)".*"msg":/);
    }
    for (const port of Object.values(ports)) {
      const ping = await sendRaw(port, `GET /ping HTTP/1.1\nHost: 10.0.0.7\nConnection: close\n\n`);
      expect([ping.status, ping.body]).toEqual([200, '']);
    }

    const hops = [];
    let next = new URL('https://snappass.example.com/share?x=1');
    while (next.host !== 'accounts.google.com' && hops.length < 5) {
      const port = next.host === 'sso-auth.example.com' ? ports.auth : ports.proxy;
      const { status, head } = await sendRaw(port, navigation(next));
      hops.push([status, next.origin + next.pathname]);
      next = new URL(/^location: (.*)$/im.exec(head)?.[1] ?? '', next);
    }
    expect(hops).toEqual([
      [302, 'https://snappass.example.com/share'],
      [302, 'https://snappass.example.com/oauth2/sign_in'],
      [302, 'https://sso-auth.example.com/google/sign_in'],
    ]);
    expect(next.origin + next.pathname).toBe('https://accounts.google.com/o/oauth2/v2/auth');
    expect(Object.fromEntries(next.searchParams)).toMatchObject({
      client_id: '1234.apps.example.com',
      redirect_uri: 'https://sso-auth.example.com/google/callback',
      scope: 'profile email',
      access_type: 'offline',
      prompt: expect.stringMatching(/./),
    });
    proxy.signal('SIGTERM');
    auth.signal('SIGTERM');
    expect(await Promise.all([proxy.ended, auth.ended])).toEqual([0, 0]);
  });
});

const page = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');

function keyOf(namedCurve: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

test('a secret in a file that everybody may read is a line of the log with a code and a page', async () => {
  const { CLIENT_SECRET: secret = '', ...env } = publicDeployments(folder)[0].proxy;
  const file = join(folder, 'client-secret');
  writeFileSync(file, secret);
  chmodSync(file, 0o644);
  const port = String(await freePort());
  const service = startService('proxy', { ...env, CLIENT_SECRET_FILE: file, SERVER_PORT: port });
  await service.listening;
  service.signal('SIGTERM');
  await service.ended;
  const line = service
    .output()
    .split('\n')
    .find((text) => text.includes('readable_by_all'));
  expect(JSON.parse(line ?? '{}')).toMatchObject({
    level: 'warn',
    variable: 'CLIENT_SECRET_FILE',
    code: 'readable_by_all',
    page: 'docs/configuration.md#readable_by_all',
    msg: expect.stringMatching(/^CLIENT_SECRET_FILE: the file it names may be read by every user/),
  });
  expect(page).toContain('\n### readable_by_all\n');
});

describe('a service that cannot run as it is configured', () => {
  test.each([
    [
      'a secret that is none',
      'proxy',
      { SESSION_COOKIE_SECRET: 'not-base64-of-a-key' },
      'SESSION_COOKIE_SECRET',
      'malformed',
    ],
    ['a missing secret', 'proxy', { CLIENT_SECRET: '' }, 'CLIENT_SECRET', 'missing'],
    [
      'a key of the wrong curve',
      'proxy',
      { ASSERTION_KEY: keyOf('P-384') },
      'ASSERTION_KEY: this key is of the curve secp384r1',
      'malformed',
    ],
    ['the same at auth', 'auth', { ASSERTION_KEY: keyOf('P-384') }, 'of the curve secp384r1', 'malformed'],
    ['a key that is none', 'proxy', { ASSERTION_KEY: 'to do' }, 'ASSERTION_KEY: ', 'malformed'],
    [
      'a file that is not there',
      'proxy',
      { UPSTREAM_CONFIGFILE: '/nowhere/upstreams.yml' },
      '/nowhere/upstreams.yml cannot be read',
      undefined,
    ],
    ['a malformed key', 'auth', { SESSION_KEY: 'c2hvcnQ=' }, 'SESSION_KEY', 'malformed'],
    [
      'a service account that is not there',
      'auth',
      { PROVIDER_X_GOOGLE_CREDENTIALS: '/nowhere/credentials.json' },
      'PROVIDER_X_GOOGLE_CREDENTIALS: the file it names does not exist',
      'unreadable',
    ],
  ] as const)('ends with 1 and says what to write: %s', async (_, name, change, said, code) => {
    const env = { ...publicDeployments(folder)[0][name], ...change };
    const service = startService(name, env);
    expect(await service.ended).toBe(1);
    expect(service.output()).toContain(`${name} cannot start:`);
    expect(service.output()).toContain(said);
    expect(service.output()).not.toMatch(/\n\s+at /);
    if (code !== undefined) {
      expect(service.output()).toContain(`[docs/configuration.md#${code}]\n`);
      expect(page).toContain(`\n### ${code}\n`);
    }
    for (const secret of Object.values(env).filter(
      (value) => value.length > 30 && !value.includes('/nowhere') && !value.includes(folder),
    )) {
      expect(service.output()).not.toContain(secret);
    }
  });

  test('an upstream file with mistakes names each with its line, and no copy of a good one stands in for it', async () => {
    const file = join(folder, 'broken.yml');
    writeFileSync(
      file,
      '- service: a\n  default:\n    from: a.example.com\n    to: b.example.com\n- service: c\n  default:\n    to: d.example.com\n',
    );
    const copy = join(folder, 'live.yml');
    writeFileSync(
      copy,
      '- {service: a, default: {from: a.test, to: b.test, options: {allowed_groups: [g]}}}\n',
    );
    const service = startService('proxy', {
      ...publicDeployments(folder)[0].proxy,
      UPSTREAM_CONFIGFILE: file,
      UPSTREAM_LIVE_COPY: copy,
    });
    expect(await service.ended).toBe(1);
    expect(service.output()).toMatch(/broken\.yml:[1-4]:\d+ LK\d+ /);
    expect(service.output()).toMatch(/broken\.yml:[5-7]:\d+ LK\d+ /);
  });

  test('a taken port is one sentence', async () => {
    const port = await freePort();
    const first = startService('proxy', { ...publicDeployments(folder)[0].proxy, SERVER_PORT: String(port) });
    await first.listening;
    const service = startService('proxy', {
      ...publicDeployments(folder)[0].proxy,
      SERVER_PORT: String(port),
    });
    expect(await service.ended).toBe(1);
    expect(service.output()).toContain(`SERVER_PORT: ${port} is taken`);
    first.signal('SIGTERM');
    await first.ended;
  });
});

// What people start with, on one machine and on Kubernetes, is what the services read: each variable is one of theirs, both
// agree, and nobody can reach what is not for them.
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAuthSettings, loadProxySettings } from '@latchkey/settings';
import { asSentences } from '@latchkey/testing/as-sentences';
import { filesOf, freshKey, newTokenKey, startUp } from '@latchkey/testing/environments';
import { latchkey } from '@latchkey/testing/latchkey';
import { CORE_SCHEMA, load, loadAll, mergeTag } from 'js-yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const secrets: Record<string, string> = {
  client: 'the secret of both which is long enough',
  cookie: freshKey(),
  session: freshKey(),
  'access-token': newTokenKey(),
  provider: 'from your provider',
  redis: 'rediss://:password@valkey.store.svc:6379',
};

type Environment = Record<string, string>;

function expectAgreement(proxyEnv: Environment, authEnv: Environment, files: Record<string, string> = {}) {
  const readFile = filesOf(files);
  const [readProxy, readAuth] = [
    loadProxySettings(proxyEnv, { readFile }),
    loadAuthSettings(authEnv, { readFile }),
  ];
  const [proxy, auth] = [startUp(readProxy), startUp(readAuth)];
  expect(auth.client).toEqual(proxy.client);
  expect(auth.accessTokenKey).toEqual(expect.stringContaining('BEGIN PRIVATE KEY'));
  expect(auth.session.cookie).toEqual(proxy.session.cookie);
  expect(proxy.provider.externalUrl.host).toBe(auth.server.host);
  expect(auth.providers.map(({ slug }) => slug)).toContain(proxy.upstream.defaults.provider);
  return [asSentences(readProxy).warnings, asSentences(readAuth).warnings];
}

async function expectFine(upstreams: string, proxyEnv: Environment) {
  const env = Object.entries(proxyEnv).map(([name, value]) => `${name}=${value}\n`);
  const files = { 'upstreams.yml': upstreams, 'proxy.env': env.join('') };
  const { code, stdout } = await latchkey(files, ['check', 'upstreams.yml', '--env-file', 'proxy.env']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^/)]);
}

describe('compose', () => {
  const service = z.looseObject({
    image: z.string(),
    read_only: z.literal(true),
    user: z.string().regex(/^[1-9]\d*:/),
    cap_drop: z.tuple([z.literal('ALL')]),
    security_opt: z.tuple([z.literal('no-new-privileges:true')]),
    healthcheck: z.looseObject({ test: z.array(z.string()).min(2) }),
    environment: z.record(z.string(), z.string()).default({}),
    ports: z.array(z.string()).default([]),
    secrets: z.array(z.string()).default([]),
    networks: z.array(z.string()).default([]),
  });
  const file = z
    .object({
      services: z.record(z.string(), service),
      networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() })),
      secrets: z.record(z.string(), z.object({ file: z.string() })),
    })
    .parse(load(read('deploy/compose/compose.yml'), { schema: CORE_SCHEMA.withTags(mergeTag) }));
  const networksOf = (name: string) => file.services[name]?.networks ?? [];
  const on = (network: string) =>
    Object.keys(file.services).filter((name) => networksOf(name).includes(network));
  const environmentOf = (name: string) => file.services[name]?.environment ?? {};

  test('has everything, locked up, and one published port, for this machine alone', () => {
    const names = ['auth', 'front', 'hello', 'provider', 'proxy', 'store', 'wiki'];
    expect(Object.keys(file.services).toSorted()).toEqual(names);
    expect(Object.values(file.services).flatMap(({ ports }) => ports)).toEqual(['127.0.0.1:4180:4180']);
  });

  test('lets only auth reach the store, and only the proxy reach applications', () => {
    expect(on('front').toSorted()).toEqual(['auth', 'front', 'provider', 'proxy']);
    expect(on('store').toSorted()).toEqual(['auth', 'store']);
    expect(on('services').toSorted()).toEqual(['auth', 'proxy']);
    expect(on('applications').toSorted()).toEqual(['hello', 'proxy', 'wiki']);
    for (const network of ['store', 'services', 'applications']) {
      expect(file.networks[network]?.internal).toBe(true);
    }
  });

  test('makes each secret that a service reads, and gives it to that service', () => {
    const made = read('deploy/compose/make-secrets').matchAll(/^make (\w+) [\w-]+$|out secrets\/(\w+)/gm);
    expect(new Set([...made].map(([, key, certificate]) => key ?? certificate))).toEqual(
      new Set(Object.keys(file.secrets)),
    );
    for (const { environment, secrets: given } of Object.values(file.services)) {
      const wanted = Object.values(environment).flatMap(
        (value) => /^\/run\/secrets\/(\w+)$/.exec(value)?.[1] ?? [],
      );
      expect(given).toEqual(expect.arrayContaining(wanted));
    }
  });

  test('is what both services start with, and they agree', () => {
    const paths = {
      '/run/secrets/client_secret': secrets['client'] ?? '',
      '/run/secrets/session_cookie_secret': secrets['cookie'] ?? '',
      '/run/secrets/session_key': secrets['session'] ?? '',
      '/run/secrets/access_token_key': secrets['access-token'] ?? '',
      '/run/secrets/provider_client_secret': secrets['provider'] ?? '',
    };
    const plain = [expect.stringMatching(/^SESSION_COOKIE_SECURE: false is insecure/)];
    expect(expectAgreement(environmentOf('proxy'), environmentOf('auth'), paths)).toEqual([plain, plain]);
  });

  test('has an upstream file without a mistake, for the applications that are there', async () => {
    const upstreams = read('deploy/compose/sso/upstreams.yml');
    for (const [, host = ''] of upstreams.matchAll(/^ +to: ([a-z]+):8080$/gm))
      expect(networksOf(host)).toEqual(['applications']);
    const { CLIENT_SECRET_FILE: _, SESSION_COOKIE_SECRET_FILE: __, ...proxyEnv } = environmentOf('proxy');
    await expectFine(upstreams, proxyEnv);
  });
});

describe('kubernetes', () => {
  const [, text = ''] = /```yaml\n([^]*?)```/.exec(read('docs/deploying-on-kubernetes.md')) ?? [];
  const named = z.looseObject({
    kind: z.string(),
    metadata: z.object({ name: z.string(), namespace: z.literal('latchkey') }),
  });
  const all = loadAll(text).map((one) => named.parse(one));
  const port = z.object({ name: z.string(), containerPort: z.int() });
  const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
  const secret = z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }) });
  const container = z.looseObject({
    command: z.array(z.string()),
    ports: z.array(port),
    env: z.array(
      z.strictObject({ name: z.string(), value: z.string().optional(), valueFrom: secret.optional() }),
    ),
    readinessProbe: probe,
    livenessProbe: probe,
    securityContext: z.object({
      readOnlyRootFilesystem: z.literal(true),
      allowPrivilegeEscalation: z.literal(false),
      capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
    }),
  });
  const template = z.object({
    metadata: z.object({ labels: z.object({ app: z.string() }) }),
    spec: z.looseObject({
      securityContext: z.looseObject({ runAsNonRoot: z.literal(true) }),
      terminationGracePeriodSeconds: z.int(),
      containers: z.tuple([container]),
    }),
  });
  const of = <T>(kind: string, name: string, spec: z.ZodType<T>): T => {
    const found = all.find((one) => one.kind === kind && one.metadata.name === name);
    return z.looseObject({ spec }).parse(found).spec;
  };
  const podOf = (name: string) => of('Deployment', name, z.looseObject({ template })).template;
  const containerOf = (name: string) => podOf(name).spec.containers[0];
  const environmentOf = (name: string): Environment =>
    Object.fromEntries(
      containerOf(name).env.map(({ name, value, valueFrom }) => [
        name,
        value ?? secrets[valueFrom?.secretKeyRef.key ?? ''] ?? '',
      ]),
    );

  test('is what both services start with, and they agree', () => {
    expect(expectAgreement(environmentOf('proxy'), environmentOf('auth'))).toEqual([[], []]);
  });

  test('has an upstream file without a mistake', async () => {
    const { data } = z
      .looseObject({ data: z.object({ 'upstreams.yml': z.string() }) })
      .parse(all.find(({ kind }) => kind === 'ConfigMap'));
    const { CLIENT_SECRET: _, SESSION_COOKIE_SECRET: __, ...proxyEnv } = environmentOf('proxy');
    await expectFine(data['upstreams.yml'], proxyEnv);
  });

  test('names secrets that the page makes, and writes none', () => {
    const page = read('docs/deploying-on-kubernetes.md');
    for (const { name, value, valueFrom } of ['proxy', 'auth'].flatMap((one) => containerOf(one).env)) {
      if (/SECRET|_KEY$|REDIS_URL/.test(name)) expect(value).toBeUndefined();
      if (valueFrom !== undefined) {
        const { name: of, key } = valueFrom.secretKeyRef;
        expect(page).toMatch(new RegExp(`secret generic ${of} [^]*?--from-literal=${key}=`));
      }
    }
  });

  test.each(['proxy', 'auth'])('%s has its probes, and time to end', (name) => {
    const { ports, readinessProbe, livenessProbe, command } = containerOf(name);
    const env = environmentOf(name);
    const numbers = Object.fromEntries(ports.map((one) => [one.name, String(one.containerPort)]));
    expect(command).toEqual([`/bin/sso-${name}`]);
    expect(readinessProbe.httpGet).toEqual({ path: '/ping', port: 'http' });
    expect(livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'admin' });
    expect([numbers['http'], numbers['admin'], numbers['internal']]).toEqual([
      '4180',
      env['ADMIN_PORT'],
      env['SERVER_INTERNAL_PORT'],
    ]);
    const loaded = name === 'proxy' ? startUp(loadProxySettings(env)) : startUp(loadAuthSettings(env));
    const { drainMs, shutdownTimeoutMs } = loaded.server;
    expect(podOf(name).spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(
      drainMs + shutdownTimeoutMs,
    );
  });

  test('keeps the internal port of auth for the proxy, and leads the two hosts to the two services', () => {
    const rule = z.object({ from: z.array(z.unknown()), ports: z.array(z.object({ port: z.string() })) });
    const { ingress } = of('NetworkPolicy', 'auth', z.looseObject({ ingress: z.array(rule) }));
    expect(ingress.filter(({ ports }) => ports.some((one) => one.port === 'internal'))).toEqual([
      {
        from: [{ podSelector: { matchLabels: { app: podOf('proxy').metadata.labels.app } } }],
        ports: [{ port: 'internal' }],
      },
    ]);
    const backend = z.object({ service: z.object({ name: z.string() }) });
    const http = z.object({ paths: z.tuple([z.looseObject({ backend })]) });
    const { rules } = of(
      'Ingress',
      'latchkey',
      z.looseObject({ rules: z.array(z.object({ host: z.string(), http })) }),
    );
    expect(rules.map(({ host, http: { paths } }) => [host, paths[0].backend.service.name])).toEqual([
      [environmentOf('auth')['SERVER_HOST'], 'auth'],
      [`*.${environmentOf('auth')['SESSION_COOKIE_DOMAIN']}`, 'proxy'],
    ]);
  });
});

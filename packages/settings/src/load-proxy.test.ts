import { describe, expect, test } from '@jest/globals';
import { loadProxySettings } from './load-proxy.ts';
import { asSentences } from '@latchkey/testing/as-sentences';
import { freshKey, minimalAuth, minimalProxy } from '@latchkey/testing/environments';

function load(changes: Record<string, string | undefined> = {}) {
  return asSentences(loadProxySettings({ ...minimalProxy(), ...changes }));
}

function errorsOf(changes: Record<string, string | undefined>): string[] {
  const loaded = load(changes);
  return loaded.ok ? [] : loaded.errors;
}

describe('the outgoing proxy', () => {
  test.each([
    ['proxy.internal:3128', 'http://proxy.internal:3128/'],
    ['https://ann:p%40ss@proxy.internal', 'https://ann:p%40ss@proxy.internal/'],
  ])('%s is one', (text, http) => {
    expect(load({ HTTP_PROXY: text })).toMatchObject({ settings: { outgoing: { http } } });
  });

  test.each(['socks5://proxy.internal', 'http://proxy.internal/path', 'http://ann:100%@proxy.internal'])(
    '%s is none, and its password is not shown',
    (text) => {
      expect(errorsOf({ HTTP_PROXY: text })).toEqual([expect.stringMatching(/^HTTP_PROXY/)]);
      expect(errorsOf({ HTTP_PROXY: text }).join()).not.toContain('100%');
    },
  );
});

describe('a collector of traces', () => {
  const OTEL_EXPORTER_OTLP_ENDPOINT = 'https://collector.internal:4318/';

  test('gets who we are, and half of all traces', () => {
    const changes = {
      OTEL_EXPORTER_OTLP_ENDPOINT,
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%2Cb, x=y=z',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.5',
    };
    expect(load(changes)).toMatchObject({
      settings: {
        tracing: {
          url: new URL('https://collector.internal:4318/v1/traces'),
          headers: { 'api-key': 'a,b', x: 'y=z' },
          resource: { 'service.name': 'latchkey-proxy', 'deployment.environment.name': 'test' },
          ratio: 0.5,
        },
      },
    });
  });

  test.each([
    ['all', {}, 1],
    ['none', { OTEL_TRACES_SAMPLER: 'always_off', OTEL_TRACES_SAMPLER_ARG: '0.5' }, 0],
  ])('gets %s of them', (_, changes, ratio) => {
    expect(load({ OTEL_EXPORTER_OTLP_ENDPOINT, ...changes })).toMatchObject({
      settings: { tracing: { ratio } },
    });
  });

  test.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector.internal:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://ann:secret@collector.internal:4318'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'secret'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=secret\r\nx: y'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=secret%'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=secret%0A'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote'],
    ['OTEL_TRACES_SAMPLER_ARG', '5'],
  ])('is not had with %s=%j', (name, value) => {
    expect(errorsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}`))]);
    expect(
      errorsOf({ [name]: value })
        .join()
        .replaceAll(value, ''),
    ).not.toContain('secret');
  });
});

describe('the settings of the proxy', () => {
  test('have defaults for all that is not set', () => {
    const cookieSecret = freshKey();
    const loaded = load({ SESSION_COOKIE_SECRET: cookieSecret });
    const address = new URL('https://sso.corp.example.com');
    expect(loaded).toEqual({
      ok: true,
      settings: {
        server: {
          port: 4180,
          readTimeoutMs: 30_000,
          writeTimeoutMs: 30_000,
          drainMs: 0,
          shutdownTimeoutMs: 30_000,
          requestsPerMinute: 6_000,
          trustedProxies: [],
          publicPorts: [],
          http2: false,
          deviceCertificates: false,
          passInterim: false,
        },
        provider: { externalUrl: address, internalUrl: address, scope: '' },
        client: { id: 'proxy-1', secrets: ['the secret of both which is long enough'] },
        session: {
          cookie: { name: '_sso_proxy', secrets: [cookieSecret], secure: true, expireMs: 604_800_000 },
          ttl: { lifetimeMs: 2_592_000_000, validMs: 60_000, gracePeriodMs: 10_800_000 },
        },
        upstream: {
          allowLoss: false,
          cluster: '',
          scheme: 'https',
          defaults: {
            emailDomains: [],
            emailAddresses: [],
            groups: [],
            timeoutMs: 10_000,
            resetDeadlineMs: 60_000,
            provider: 'google',
          },
          allowLocalTargets: false,
          templateVariables: {},
        },
        maxConnections: 2048,
        metrics: { statsd: { port: 8125 } },
        logging: { enabled: true, level: 'info' },
      },
      warnings: ['UPSTREAM_CONFIGFILE: not set, so every host is unknown and answers 421'],
      deprecated: [],
    });
  });

  test.each([
    ['what is written', { SERVER_PUBLIC_PORTS: '8443, 9443' }, [8443, 9443]],
    [
      'what is written, over plain HTTP too',
      { SERVER_PUBLIC_PORTS: '80', SESSION_COOKIE_SECURE: 'false' },
      [80],
    ],
    ['over plain HTTP its own port', { SERVER_PORT: '4190', SESSION_COOKIE_SECURE: 'false' }, [4190]],
    ['none behind TLS', { SERVER_PORT: '4190' }, []],
  ])('take for public ports %s', (_, changes, publicPorts) => {
    expect(load(changes)).toMatchObject({ settings: { server: { publicPorts } } });
  });

  test('leave out what is optional and unset', () => {
    const loaded = load();
    if (!loaded.ok) throw new Error(loaded.errors.join('\n'));
    expect(loaded.settings.session.cookie).not.toHaveProperty('domain');
    expect(loaded.settings.upstream).not.toHaveProperty('configFile');
  });

  test('carry what is set', () => {
    const loaded = load({
      PROVIDER_URL_INTERNAL: 'http://auth.internal:4180',
      SESSION_COOKIE_DOMAIN: '.Corp.Example.com',
      SESSION_TTL_GRACEPERIOD: '0s',
      UPSTREAM_CONFIGFILE: '/sso/upstreams.yml',
      UPSTREAM_CLUSTER: 'prod',
      UPSTREAM_DEFAULT_GROUPS: 'Engineering@example.com, 123',
      SERVER_TRUSTED_PROXIES: '10.0.0.0/16',
      LOGGING_ENABLE: 'F',
      LOGGING_LEVEL: 'debug',
    });
    expect(loaded).toMatchObject({
      ok: true,
      settings: {
        server: { trustedProxies: ['10.0.0.0/16'] },
        provider: { internalUrl: new URL('http://auth.internal:4180') },
        session: { cookie: { domain: 'corp.example.com' }, ttl: { gracePeriodMs: 0 } },
        upstream: {
          configFile: '/sso/upstreams.yml',
          cluster: 'prod',
          defaults: { groups: ['Engineering@example.com', '123'] },
        },
        logging: { enabled: false, level: 'debug' },
      },
      warnings: [],
    });
  });

  test('hold the template variables untouched', () => {
    const loaded = load({
      SSO_CONFIG_ROOT_DOMAIN: 'example.com',
      sso_config_target: '${name}.x',
      SSO_CONFIG_NONE: '',
    });
    expect(loaded).toMatchObject({
      settings: {
        upstream: { templateVariables: { root_domain: 'example.com', target: '${name}.x', none: '' } },
      },
    });
  });

  test('load from an environment that is shared with auth', () => {
    expect(asSentences(loadProxySettings({ ...minimalAuth(), ...minimalProxy() })).ok).toBe(true);
  });

  test.each([
    ['as it is', (yaml: string) => yaml],
    ['in base64', (yaml: string) => Buffer.from(yaml).toString('base64')],
    [
      'in base64 with broken lines',
      (yaml: string) => Buffer.from(yaml).toString('base64').replace(/.{20}/g, '$&\n'),
    ],
  ])('take the upstream YAML itself, %s, references and all', (_how, write) => {
    const yaml = '- service: café\n  default: { from: "^(.*)[.]x$", to: "${1}.y" }\n';
    const loaded = load({ UPSTREAM_CONFIG: write(yaml) });
    expect(loaded).toMatchObject({ ok: true, settings: { upstream: { config: yaml } }, warnings: [] });
  });
});

describe('the errors of the proxy', () => {
  test('come all at once, each naming its variable', () => {
    const loaded = asSentences(
      loadProxySettings({
        SERVER_PORT: 'http',
        SESSION_TTL_VALID: '60',
        UPSTREAM_SCHEME: 'ftp',
      }),
    );
    expect(loaded.ok).toBe(false);
    expect(loaded.ok ? [] : loaded.errors.map((line) => line.split(':')[0])).toEqual([
      'SERVER_PORT',
      'PROVIDER_URL_EXTERNAL',
      'CLIENT_ID',
      'CLIENT_SECRET',
      'SESSION_COOKIE_SECRET',
      'SESSION_TTL_VALID',
      'UPSTREAM_SCHEME',
    ]);
  });

  test.each([
    [{ SESSION_TTL_VALID: '60' }, 'SESSION_TTL_VALID: got "60", write "60s"'],
    [{ SERVER_PORT: '70000' }, 'SERVER_PORT: got "70000", write a number from 1 to 65535'],
    [{ SESSION_COOKIE_SECURE: '1' }, 'SESSION_COOKIE_SECURE: got "1", write true or false'],
    [{ SESSION_COOKIE_NAME: 'a b' }, 'SESSION_COOKIE_NAME: got "a b", write letters, digits, "-" and "_"'],
    [{ UPSTREAM_SCHEME: 'ftp' }, 'UPSTREAM_SCHEME: got "ftp", write http or https'],
    [
      { SERVER_TRUSTED_PROXIES: '10.0.0.0/8,10.0.0.0/99' },
      'SERVER_TRUSTED_PROXIES: got "10.0.0.0/99" as item 2, write a range like 10.0.0.0/16',
    ],
    [
      { UPSTREAM_DEFAULT_GROUPS: ',' },
      'UPSTREAM_DEFAULT_GROUPS: got ",", write some text, or several with commas between',
    ],
    [
      { CLIENT_ID: '' },
      'CLIENT_ID: not set, write some text (The client id of the proxy at auth: CLIENT_PROXY_ID of auth.)',
    ],
    [
      { SESSION_COOKIE_SECRET: 'twelve chars' },
      'SESSION_COOKIE_SECRET: got a value of 12 characters, write base64 of 32 or 64 random bytes: the output of openssl rand -base64 32',
    ],
    [
      { PROVIDER_URL_EXTERNAL: 'https://ada:hunter2@sso.example.com' },
      'PROVIDER_URL_EXTERNAL: got "https://…@sso.example.com", write an address like https://sso.example.com',
    ],
    [
      { UPSTREAM_CONFIG: '[]', UPSTREAM_CONFIGFILE: '/x.yml' },
      'UPSTREAM_CONFIG: set together with UPSTREAM_CONFIGFILE, write only one of the two',
    ],
    [
      { UPSTREAM_CONFIG: '/////w==' },
      'UPSTREAM_CONFIG: got "/////w==", write the YAML itself, or base64 of it',
    ],
    [{ PORT: 'x', SERVER_PORT: undefined }, 'PORT: got "x", write a number from 1 to 65535'],
  ])('%# %j', (changes, line) => {
    expect(errorsOf(changes)).toEqual([line]);
  });

  test('do not repeat a long text', () => {
    const [line = ''] = errorsOf({ SERVER_PORT: 'x'.repeat(5000) });
    expect(line.length).toBeLessThan(200);
  });
});

describe('the warnings of the proxy', () => {
  test.each([
    [
      { SESSION_COOKIE_SECURE: 'false' },
      'SESSION_COOKIE_SECURE: false is insecure: cookies travel over plain HTTP; only for development',
    ],
    [{ SESSION_COOKIE_HTTPONLY: 'false' }, 'SESSION_COOKIE_HTTPONLY: has no effect'],
    [
      { SERVER_TRUSTED_PROXIES: '10.0.0.0/8, ::/0' },
      'SERVER_TRUSTED_PROXIES: ranges that cover the internet are insecure: every client can claim any address; write the ranges of your load balancers',
    ],
    [
      { UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS: 'true' },
      'UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS: true is insecure: anybody with access to a rewrite route can make the proxy call its own machine and the metadata of its cloud; leave it out unless a rewrite route leads to localhost',
    ],
  ])('%# %j', (changes, line) => {
    expect(load({ UPSTREAM_CONFIGFILE: '/x.yml', ...changes }).warnings).toEqual([line]);
  });

  test('are silent about a variable without effect that says what holds anyway', () => {
    const changes = {
      UPSTREAM_CONFIGFILE: '/x.yml',
      SESSION_COOKIE_HTTPONLY: 'true',
    };
    expect(load(changes).warnings).toEqual([]);
  });
});

describe('an upstream file that is elsewhere', () => {
  test.each([
    [
      's3://config-of-ours/prod/upstreams.yml',
      { kind: 's3', bucket: 'config-of-ours', key: 'prod/upstreams.yml' },
    ],
    [
      'https://config.example.com/up.yml?a=b',
      { kind: 'web', url: new URL('https://config.example.com/up.yml?a=b') },
    ],
    ['http://127.0.0.1:9000/up.yml', { kind: 'web', url: new URL('http://127.0.0.1:9000/up.yml') }],
    ['ssm:/latchkey/upstreams', { kind: 'ssm', name: '/latchkey/upstreams' }],
    ['secretsmanager:latchkey/upstreams', { kind: 'secretsmanager', name: 'latchkey/upstreams' }],
  ])('is found at %s', (text, address) => {
    const loaded = load({ UPSTREAM_CONFIG_URL: text });
    expect(loaded.ok && loaded.settings.upstream.source).toEqual({ address });
    expect(loaded.warnings).toEqual([]);
  });

  test.each([
    ['upstreams.yml', /write s3:\/\/bucket\/key, an address like https:/],
    ['s3://bucket', /write s3:\/\/bucket\/key/],
    ['s3://Bucket_/key', /write s3:\/\/bucket\/key/],
    ['http://config.example.com/up.yml', /write an https URL \(http only on this machine/],
    [
      'https://me:hush@config.example.com/up.yml',
      /"https:\/\/…@config.*write the address without name and password/,
    ],
    ['ssm://latchkey', /write s3:\/\/bucket\/key/],
  ])('is not at %s', (text, sentence) => {
    expect(errorsOf({ UPSTREAM_CONFIG_URL: text })).toEqual([expect.stringMatching(sentence)]);
  });

  test.each([
    [
      { UPSTREAM_CONFIG_URL: 's3://config/up.yml', UPSTREAM_CONFIGFILE: '/up.yml' },
      'UPSTREAM_CONFIG_URL: set together with UPSTREAM_CONFIGFILE, write only one of the two',
    ],
    [
      { UPSTREAM_CONFIG: '[]', UPSTREAM_CONFIG_URL: 's3://config/up.yml', UPSTREAM_CONFIGFILE: '/up.yml' },
      'UPSTREAM_CONFIG: set together with UPSTREAM_CONFIG_URL and UPSTREAM_CONFIGFILE, write only one of them',
    ],
    [
      { UPSTREAM_CONFIGFILE: '/up.yml', UPSTREAM_CONFIG_LAST_GOOD: '/good.yml' },
      'UPSTREAM_CONFIG_LAST_GOOD: set without UPSTREAM_CONFIG_URL, to which it belongs: write that one, too, or leave it out',
    ],
    [
      { UPSTREAM_CONFIG_URL: 's3://config/up.yml', UPSTREAM_CONFIG_LAST_GOOD: 's3://config/up.yml' },
      'UPSTREAM_CONFIG_LAST_GOOD: is UPSTREAM_CONFIG_URL itself: write another key',
    ],
    [
      { UPSTREAM_CONFIG_URL: 's3://config/up.yml', UPSTREAM_CONFIG_LAST_GOOD: 'good.yml' },
      'UPSTREAM_CONFIG_LAST_GOOD: got "good.yml", write s3://bucket/key or an absolute path',
    ],
    [
      { UPSTREAM_CONFIG_URL: 's3://config/up.yml', UPSTREAM_CONFIG_URL_AUTHORIZATION: 'Bearer hush' },
      'UPSTREAM_CONFIG_URL_AUTHORIZATION: is only for an https address, and AWS is called with the role of the task: leave it out',
    ],
    [
      { UPSTREAM_CONFIG_URL: 'https://config.example.com/', UPSTREAM_CONFIG_URL_AUTHORIZATION: 'hush' },
      'UPSTREAM_CONFIG_URL_AUTHORIZATION: got a value of 4 characters, write a scheme and credentials, like `Bearer …` or `Basic …`',
    ],
  ])('is refused in words: %j', (env, sentence) => {
    expect(errorsOf(env)).toEqual([sentence]);
  });
});

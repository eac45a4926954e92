import { describe, expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { load, placesOf, routeOf } from '../../test-support/load.ts';

const simple = '{from: wiki.example.com, to: http://wiki}';

describe('options', () => {
  test.each(['true', 'True', 'TRUE', 'yes', 'Yes', 'on', 'ON', 'y', '!!bool "true"'])(
    '%s is true, as in YAML 1.1',
    (word) => {
      expect(routeOf(withOptions(`preserve_host: ${word}`)).preserveHost).toBe(true);
    },
  );

  test.each(['false', 'no', 'No', 'off', 'OFF', 'n', '~', ''])('%j is false', (word) => {
    expect(routeOf(withOptions(`preserve_host: ${word}`)).preserveHost).toBe(false);
  });

  test.each(['"true"', "'yes'", '!!str true', '1', 'maybe', '[true]'])('%s is no truth value', (word) => {
    expect(load(withOptions(`tls_skip_verify: ${word}`)).diagnostics).toMatchObject([
      { code: 'LK206', line: 6 },
    ]);
  });

  test.each([
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['100ms', 100],
    ['1.5h', 5_400_000],
    ['"2s"', 2000],
    ['1500us', 1.5],
  ])('the duration %s is %d ms', (written, milliseconds) => {
    expect(routeOf(withOptions(`timeout: ${written}`)).timeoutMs).toBe(milliseconds);
  });

  test.each([
    ['30', '30 has no unit: write `30s` for seconds or `30ms` for milliseconds'],
    ['"30"', '30 has no unit: write `30s` for seconds or `30ms` for milliseconds'],
    ['30 seconds', '"30 seconds" is not a duration: write a number with its unit, such as `30s` or `1m30s`'],
    ['-5s', '"-5s" is not a duration: write a number with its unit, such as `30s` or `1m30s`'],
    ['30ns', '"30ns" is out of range: write something from `1ms` to `500h`'],
    ['1000h', '"1000h" is out of range: write something from `1ms` to `500h`'],
  ])('the duration %s is refused', (written, message) => {
    expect(load(withOptions(`reset_deadline: ${written}`)).diagnostics).toMatchObject([
      { code: 'LK207', line: 6, column: 23, message },
    ]);
  });

  test('every option reaches the route', () => {
    const route = routeOf(
      withOptions(
        'allowed_groups: [eng@example.com, 123]',
        'skip_auth_regex: ["^/public/", "\\\\.css$"]',
        'skip_auth_preflight: true',
        'provider_slug: okta',
        'max_auth_age: 8h',
        'idle_timeout: 30m',
        'cors: {origins: ["HTTPS://App.Example.com:443"], methods: [PUT], headers: [X-A], credentials: true, max_age: 10m}',
        'allowed_origins: ["https://app.example.com:8443", "http://[::1]:4200"]',
        'strip_request_headers: [X-Debug-*, Authorization]',
        'inject_request_headers: {X-Number: 0017, X-Flag: yes, X-None: , X-Text: " a b "}',
        'header_overrides: {X-Frame-Options: DENY}',
        'timeout: 5s',
        'reset_deadline: 2m',
        'keep_alive: 1s',
        'flush_interval: 1',
        'preserve_host: true',
        'preserve_location: true',
        'pass_access_token: true',
        'allow_root_service_worker: true',
        'forward_auth: true',
        'protocol: h2c',
        'skip_request_signing: true',
        'tls_skip_verify: true',
        'ca_file: /etc/ca.pem',
        'client_cert_file: /etc/proxy.pem',
        'client_key_file: /etc/proxy.key',
        'server_name: wiki.internal.example.com',
      ),
    );
    expect(route).toMatchObject({
      id: 'wiki',
      rules: { groups: ['eng@example.com', '123'], emailDomains: [], emailAddresses: [] },
      skipAuthPreflight: true,
      providerSlugs: ['okta'],
      maxAuthAgeMs: 28_800_000,
      idleTimeoutMs: 1_800_000,
      cors: {
        origins: ['https://app.example.com'],
        methods: ['PUT'],
        headers: ['X-A'],
        credentials: true,
        maxAgeMs: 600_000,
      },
      allowedOrigins: ['https://app.example.com:8443', 'http://[::1]:4200'],
      stripRequestHeaders: ['X-Debug-*', 'Authorization'],
      injectRequestHeaders: [
        ['X-Number', '0017'],
        ['X-Flag', 'yes'],
        ['X-None', ''],
        ['X-Text', 'a b'],
      ],
      headerOverrides: [['X-Frame-Options', 'DENY']],
      timeoutMs: 5000,
      resetDeadlineMs: 120_000,
      keepAliveMs: 1_000,
      preserveHost: true,
      preserveLocation: true,
      passAccessToken: true,
      allowRootServiceWorker: true,
      forwardAuth: true,
      protocol: 'h2c',
      skipRequestSigning: true,
      tlsSkipVerify: true,
      tls: {
        serverName: 'wiki.internal.example.com',
        files: {
          ca_file: '/etc/ca.pem',
          client_cert_file: '/etc/proxy.pem',
          client_key_file: '/etc/proxy.key',
        },
      },
      position: { line: 3, column: 11 },
    });
    expect(route.publicPaths.map((pattern) => pattern.matches('/public/x'))).toEqual([true, false]);
    expect(route.publicPaths.map((pattern) => pattern.matches('/a.css'))).toEqual([false, true]);
  });

  test.each([
    ['a text where a list belongs', 'allowed_groups: g1', 'LK204 6:23'],
    ['a number where a list belongs', 'allowed_email_domains: 5', 'LK204 6:30'],
    ['a mapping where a list belongs', 'skip_auth_regex: {a: b}', 'LK204 6:24'],
    ['a list within a list', 'allowed_groups: [[a]]', 'LK205 6:24'],
    ['a list where headers belong', 'header_overrides: [a]', 'LK203 6:25'],
    ['a mapping where a header value belongs', 'header_overrides: {X-A: {b: c}}', 'LK205 6:31'],
    ['an empty group', 'allowed_groups: [a, ""]', 'LK208 6:27'],
    ['an empty public pattern', 'skip_auth_regex: [""]', 'LK208 6:25'],
    ['a look-ahead', 'skip_auth_regex: ["^/(?!admin)"]', 'LK213 6:25'],
    ['a pattern that does not end', 'skip_auth_regex: ["^/(a"]', 'LK213 6:25'],
    ['a repetition without bounds', 'skip_auth_regex: ["(a{1000}){1000}"]', 'LK213 6:25'],
    ['a pattern of 1001 characters', `skip_auth_regex: [${'a'.repeat(1001)}]`, 'LK213 6:25'],
    ['a header name with a space', 'inject_request_headers: {X A: b}', 'LK212 6:32'],
    ['a header value with a line break', 'inject_request_headers: {X-A: "b\\nc"}', 'LK212 6:37'],
    ['a header of the connection', 'inject_request_headers: {Content-Length: 5}', 'LK212 6:32'],
    ['one header in two spellings', 'header_overrides: {X-A: b, x-a: c}', 'LK212 6:34'],
    ['a slug that is a path', 'provider_slug: ../x', 'LK214 6:22'],
    ['a slug that is a path in a list', 'provider_slug: [google, ../x]', 'LK214 6:31'],
    ['a slug that stands there twice', 'provider_slug: [google, okta, google]', 'LK214 6:37'],
    ['an empty slug', 'provider_slug: [google, ""]', 'LK208 6:31'],
    ['a mapping where slugs belong', 'provider_slug: {google: okta}', 'LK205 6:22'],
    ['a list of slugs within a list', 'provider_slug: [[google]]', 'LK205 6:23'],
    ['a limit that nobody could keep', 'max_auth_age: 59s', 'LK223 6:21'],
    ['a limit of a moment', 'idle_timeout: 1ms', 'LK223 6:21'],
    ['a star alone', 'strip_request_headers: ["*"]', 'LK219 6:31'],
    ['a star in the middle', 'strip_request_headers: [X-*-Y]', 'LK219 6:31'],
    ['a header of the connection to strip', 'strip_request_headers: [Host]', 'LK219 6:31'],
    ['an origin without its scheme', 'allowed_origins: [app.example.com]', 'LK220 6:25'],
    ['an origin with a path', 'allowed_origins: ["https://app.example.com/"]', 'LK220 6:25'],
    ['an origin with a star', 'cors: {origins: ["https://*.example.com"]}', 'LK220 6:24'],
    ['every origin', 'cors: {origins: ["*"]}', 'LK220 6:24'],
    ['the origin of sandboxed frames', 'cors: {origins: ["null"]}', 'LK220 6:24'],
    ['every method', 'cors: {methods: ["*"]}', 'LK221 6:24'],
    ['a header with a space', 'cors: {headers: [X A]}', 'LK221 6:24'],
  ])('%s is an error', (_, option, place) => {
    expect(placesOf(load(withOptions(option)))).toEqual([place]);
  });

  test('the value of a header is never in a message', () => {
    const { diagnostics } = load(
      withOptions('inject_request_headers: {Authorization: "Basic hunter2\\n"}', 'x: y'),
    );
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });
});

describe('the shape of the file', () => {
  test.each([
    ['a text', 'hello', 'LK201 1:1'],
    ['a service without its dash', `service: a\ndefault: ${simple}`, 'LK201 1:1'],
    ['a map whose services are no list', 'services: {a: b}', 'LK204 1:11'],
    ['a number in the list', '- 5', 'LK203 1:3'],
    ['no service name', `- default: ${simple}`, 'LK209 1:3'],
    ['an empty service name', `- service: " "\n  default: ${simple}`, 'LK209 1:3'],
    [
      'options beside the sections',
      `- service: a\n  options: {allowed_groups: [a]}\n  default: ${simple}`,
      'LK210 2:3',
    ],
    ['a rule beside the sections', `- service: a\n  allowed_groups: [a]\n  default: ${simple}`, 'LK210 2:3'],
    ['from beside the sections', `- service: a\n  from: a.example.com\n  default: ${simple}`, 'LK210 2:3'],
    ['a note beside the sections', `- service: a\n  note: hi\n  default: ${simple}`, 'LK211 2:3'],
    [
      'a mistake in the section of another cluster',
      `- service: a\n  default: ${simple}\n  dev: {options: [a]}`,
      'LK203 3:18',
    ],
  ])('%s is an error', (_, text, place) => {
    const result = load(text);
    expect(placesOf(result)).toEqual([place]);
    expect(result.table).toBeUndefined();
  });

  test('all mistakes of all services are reported at once, in file order', () => {
    const text = `- service: a
  default: {from: "a b", to: ftp://x, options: {timeout: 5}}
- service: b
  default: {from: "^b$", to: b}
- default: {}
`;
    expect(placesOf(load(text))).toEqual([
      'LK305 2:19',
      'LK306 2:30',
      'LK207 2:58',
      'LK305 4:19',
      'LK209 5:3',
      'LK302 5:3',
      'LK303 5:3',
    ]);
  });

  test.each([
    ['alowed_groups', 'did you mean `allowed_groups`?'],
    ['allowed-groups', 'did you mean `allowed_groups`?'],
    ['tls_verify', 'did you mean `tls_skip_verify`?'],
    ['set_response_headers', 'did you mean `header_overrides`?'],
    ['favourite_colour', 'remove it'],
  ])('the unknown option %s is a warning', (key, advice) => {
    const result = load(withOptions(`${key}: [a]`));
    expect(result.diagnostics).toMatchObject([
      { code: 'LK202', severity: 'warning', line: 6, column: 7, message: expect.stringContaining(advice) },
    ]);
    expect(result.table).toBeDefined();
  });

  test('an option that stands directly in a section is reported with where it belongs', () => {
    const [diagnostic] = load(`- service: a\n  default:\n    timeout: 5s\n    <<: ${simple}\n`).diagnostics;
    expect(diagnostic?.message).toBe('"timeout" is not known and has no effect: indent it below `options:`');
  });

  test('the two spellings that BuzzFeed SSO read by accident still take effect, with a warning', () => {
    const text = `- service: a\n  default:\n    skipauthpreflight: true\n    passaccesstoken: on\n    <<: ${simple}\n`;
    expect(placesOf(load(text))).toEqual(['LK215 3:5', 'LK215 4:5']);
    expect(routeOf(text)).toMatchObject({ skipAuthPreflight: true, passAccessToken: true });
  });

  test('spaces in the name of a service become underscores', () => {
    expect(routeOf(`- service: "  my  own\\twiki "\n  default: ${simple}`).service).toBe('my_own_wiki');
  });
});

describe('a map as the root', () => {
  test('holds the services, and options that hold for all of them below every section', () => {
    const text = `defaults: {allowed_groups: [all], timeout: 3s, header_overrides: {X-A: all}}
services:
  - service: a
    default: {from: a.example.com, to: http://a, options: {timeout: 4s, header_overrides: {x-a: own, X-B: own}}}
`;
    expect(routeOf(text)).toMatchObject({
      rules: { groups: ['all'] },
      timeoutMs: 4000,
      headerOverrides: [
        ['x-a', 'own'],
        ['X-B', 'own'],
      ],
    });
  });

  test('warns of unknown keys, except those that start with x-', () => {
    const text = `x-common: &c {}\nservcies: []\nservices:\n  - {service: wiki, default: ${simple}}\n`;
    expect(placesOf(load(text))).toEqual(['LK202 2:1']);
  });
});

describe('the launcher', () => {
  test('title, description, icon and hidden stand beside the sections', () => {
    const text = `- service: wiki\n  title: The wiki\n  description: What we know\n  icon: /w.svg\n  hidden: yes\n  default: ${simple}\n`;
    expect(routeOf(text).launcher).toEqual({
      title: 'The wiki',
      description: 'What we know',
      icon: '/w.svg',
      hidden: true,
    });
  });

  test('a service that says nothing about it has none; one that says something is called by its name', () => {
    expect(routeOf(`- service: wiki\n  default: ${simple}\n`).launcher).toBeUndefined();
    expect(routeOf(`- service: wiki\n  icon: W\n  default: ${simple}\n`).launcher).toMatchObject({
      title: 'wiki',
    });
  });
});

// The upstream files of BuzzFeed SSO v3, as operators have them.
import { describe, expect, test } from '@jest/globals';
import { loadUpstreams } from '@latchkey/upstreams';
import type { LoadedUpstreams, Route, RouteTable, UpstreamInput } from '@latchkey/upstreams';
import { noDefaultRules } from '@latchkey/testing';

function load(text: string, changes: Partial<UpstreamInput> = {}): LoadedUpstreams {
  return loadUpstreams({
    file: 'upstream_configs.yml',
    text,
    cluster: 'prod',
    scheme: 'https',
    defaults: { ...noDefaultRules, groups: ['staff'] },
    templateVariables: {},
    ...changes,
  });
}

function tableOf(text: string, changes?: Partial<UpstreamInput>): RouteTable {
  const { table, diagnostics } = load(text, changes);
  if (table === undefined) throw new Error(JSON.stringify(diagnostics));
  return table;
}

function routeOf(text: string, changes?: Partial<UpstreamInput>): Route | undefined {
  return tableOf(text, changes).routes[0];
}

const codesOf = (text: string) => load(text).diagnostics.map(({ code }) => code);

describe('YAML', () => {
  test('sections: default, and that of the cluster over it', () => {
    const text = `- service: wiki
  default: {from: wiki.example.com, to: wiki.internal, options: {timeout: 5s}}
  prod: {from: wiki.prod.example.com}
  staging: {from: wiki.staging.example.com}
- service: only in staging
  staging: {from: new.staging.example.com, to: new.internal}
`;
    expect(tableOf(text).routes).toMatchObject([
      { service: 'wiki', from: 'wiki.prod.example.com', to: 'wiki.internal', timeoutMs: 5_000 },
    ]);
    expect(tableOf(text, { cluster: 'staging' }).routes.map(({ service }) => service)).toEqual([
      'wiki',
      'only_in_staging',
    ]);
    expect(tableOf(text, { cluster: '' }).routes.map(({ from }) => from)).toEqual(['wiki.example.com']);
  });

  test('sections: every option of section 1', () => {
    const text = `- service: wiki
  default:
    from: http://wiki.example.com
    to: wiki.internal:8080/base?q=1
    type: simple
    options:
      allowed_groups: [a]
      allowed_email_domains: [example.com]
      allowed_email_addresses: [ann@example.com]
      skip_auth_regex: [^/public/]
      header_overrides: {X-Frame-Options: DENY}
      inject_request_headers: {X-Number: 1, X-Truth: true, X-Nothing: }
      timeout: 1m30s
      reset_deadline: 100ms
      flush_interval: 1s
      tls_skip_verify: true
      preserve_host: true
      skip_request_signing: true
      provider_slug: okta
      skip_auth_preflight: true
      pass_access_token: true
`;
    const table = tableOf(text);
    expect(table.routes[0]).toMatchObject({
      rules: { groups: ['a'], emailDomains: ['example.com'], emailAddresses: ['ann@example.com'] },
      publicPaths: [{ source: '^/public/' }],
      headerOverrides: [['X-Frame-Options', 'DENY']],
      injectRequestHeaders: [
        ['X-Number', '1'],
        ['X-Truth', 'true'],
        ['X-Nothing', ''],
      ],
      timeoutMs: 90_000,
      resetDeadlineMs: 100,
      tlsSkipVerify: true,
      preserveHost: true,
      skipRequestSigning: true,
      providerSlugs: ['okta'],
      skipAuthPreflight: true,
      passAccessToken: true,
    });
    expect(table.match('wiki.example.com', undefined)?.target).toEqual({
      origin: 'https://wiki.internal:8080',
      basePath: '/base',
      query: 'q=1',
    });
  });

  test('sections: the two spellings that take effect by accident', () => {
    const text =
      '- {service: a, default: {from: a.example.com, to: a, skipauthpreflight: true, passaccesstoken: true}}';
    expect(routeOf(text)).toMatchObject({ skipAuthPreflight: true, passAccessToken: true });
  });

  test('templating', () => {
    const text = '- {service: a, default: {from: "a.{{root_domain}}", to: "{{target}}:8080"}}';
    expect(
      routeOf(text, { templateVariables: { root_domain: 'example.com', target: 'a.internal' } }),
    ).toMatchObject({ from: 'a.example.com', to: 'a.internal:8080' });
  });

  test('extra_routes', () => {
    const text = `- service: shop
  default:
    from: shop.example.com
    to: shop.internal
    options: {allowed_groups: [sales], inject_request_headers: {X-One: '1'}, timeout: 5s}
    extra_routes:
      - {from: admin.example.com, options: {allowed_groups: [admins], inject_request_headers: {X-Two: '2'}}}
`;
    expect(tableOf(text).routes[1]).toMatchObject({
      service: 'shop',
      from: 'admin.example.com',
      to: 'shop.internal',
      rules: { groups: ['admins'] },
      injectRequestHeaders: [
        ['X-One', '1'],
        ['X-Two', '2'],
      ],
      timeoutMs: 5_000,
    });
    expect(tableOf(`${text}  prod:\n    extra_routes: [{from: other.example.com}]\n`).routes[1]?.from).toBe(
      'other.example.com',
    );
  });

  test.each([
    [
      '^(?P<name>[a-z]+)--(\\w+)[.]example[.]com$',
      'http://${name}.$2.internal',
      'wiki--eu.example.com',
      'wiki.eu',
    ],
    ['(?i)^(.*)\\.EXAMPLE\\.com\\z', '${1}x.internal:8080', 'a.example.com', 'ax'],
    ['^(.*)\\.example\\.com$', '$1.internal', 'a.b.example.com', 'a.b'],
  ])('rewrite with RE2 syntax: %s to %s', (from, to, host, leadsTo) => {
    const text = `- {service: a, default: {type: rewrite, from: '${from}', to: '${to}'}}`;
    const origin = tableOf(text, { scheme: 'http' }).match(host, undefined)?.target?.origin;
    expect(origin?.replace(':8080', '')).toBe(`http://${leadsTo}.internal`);
  });

  test('rewrite with RE2 syntax: exact hosts first, then patterns in file order', () => {
    const table = tableOf(`
- {service: all, default: {type: rewrite, from: '.*', to: all.internal}}
- {service: never, default: {type: rewrite, from: '.*[.]example[.]com', to: never.internal}}
- {service: one, default: {from: one.example.com, to: one.internal}}
`);
    expect(table.match('one.example.com', undefined)?.route.service).toBe('one');
    expect(table.match('two.example.com', undefined)?.route.service).toBe('all');
    expect(codesOf('- {service: a, default: {type: rewrite, from: "^(?!x).*", to: a.internal}}')).toEqual([
      'LK307',
    ]);
  });

  test.each(['yes', 'on', 'True', 'y'])('YAML 1.1 booleans: %s', (word) => {
    const text = `- {service: a, default: {from: a.example.com, to: a, options: {preserve_host: ${word}}}}`;
    expect(routeOf(text)?.preserveHost).toBe(true);
    expect(load(text.replace(`: ${word}}`, `: "${word}"}`)).table).toBeUndefined();
  });

  test('anchors', () => {
    const text = `- service: a
  default: &a {from: a.example.com, to: a, options: &options {allowed_groups: [one], timeout: 1s}}
- service: b
  default: {<<: *a, from: b.example.com}
- service: c
  default: {from: c.example.com, to: c, options: {<<: *options, timeout: 2s}}
`;
    expect(tableOf(text).routes).toMatchObject([
      { from: 'a.example.com', timeoutMs: 1_000 },
      { from: 'b.example.com', to: 'a', timeoutMs: 1_000, rules: { groups: ['one'] } },
      { from: 'c.example.com', timeoutMs: 2_000, rules: { groups: ['one'] } },
    ]);
  });

  test('unknown keys tolerated with a warning', () => {
    const text =
      '- {service: a, default: {from: a.example.com, to: a, options: {tls_verify: false}, note: x}}';
    expect(tableOf(text).routes).toHaveLength(1);
    expect(codesOf(text)).toEqual(['LK202', 'LK202']);
  });

  test('duplicate keys last-wins with a warning', () => {
    const text = '- {service: a, default: {from: a.example.com, from: b.example.com, to: a}}';
    expect(routeOf(text)?.from).toBe('b.example.com');
    expect(codesOf(text)).toEqual(['LK112']);
  });
});

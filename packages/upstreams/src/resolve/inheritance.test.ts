import { describe, expect, test } from '@jest/globals';
import { noDefaultRules, withOptions } from '@latchkey/testing';
import { load, placesOf, routeOf, tableOf } from '../../test-support/load.ts';

describe('sections', () => {
  const text = `- service: wiki
  default:
    from: wiki.example.com
    to: http://wiki
    options:
      allowed_groups: [g1]
      allowed_email_addresses: [ann@example.com]
      skip_auth_regex: ["^/public/"]
      tls_skip_verify: true
      header_overrides: {X-A: default, X-B: default}
  prod:
    from: wiki.prod.example.com
    options:
      timeout: 5s
      tls_skip_verify: false
      skip_auth_regex: []
      header_overrides: {x-b: prod}
`;

  test('the section of the cluster is laid over default, field by field', () => {
    expect(routeOf(text)).toMatchObject({ from: 'wiki.prod.example.com', to: 'http://wiki' });
  });

  test('options are laid over those of default option by option, so that a timeout does not drop a restriction', () => {
    expect(routeOf(text)).toMatchObject({
      rules: { groups: ['g1'], emailAddresses: ['ann@example.com'] },
      timeoutMs: 5000,
    });
  });

  test('what a cluster writes wins also when it is false or empty', () => {
    expect(routeOf(text)).toMatchObject({ tlsSkipVerify: false, publicPaths: [] });
  });

  test('headers are laid over those of default name by name, whatever their letter case', () => {
    expect(routeOf(text).headerOverrides).toEqual([
      ['X-A', 'default'],
      ['x-b', 'prod'],
    ]);
  });

  test('another cluster, and none, have default alone', () => {
    for (const cluster of ['dev', '', 'default', 'toString']) {
      expect(routeOf(text, { cluster })).toMatchObject({ from: 'wiki.example.com', tlsSkipVerify: true });
    }
  });

  test('default may be missing, and so may the section of the cluster, but not both', () => {
    const services = `- {service: a, prod: {from: a.example.com, to: a}}
- {service: b, dev: {from: b.example.com, to: b}}
- {service: c, default: {from: c.example.com, to: c}, prod: }
`;
    const result = load(services);
    expect(placesOf(result)).toEqual(['LK301 2:4']);
    expect(result.table?.routes.map((route) => route.service)).toEqual(['a', 'c']);
  });

  test('a section without anything in it is there', () => {
    expect(placesOf(load('- service: a\n  prod:\n'))).toEqual(['LK302 1:3', 'LK303 1:3']);
  });
});

describe('extra_routes', () => {
  const text = `- service: wiki
  title: Wiki
  default:
    from: wiki.example.com
    to: http://wiki
    options:
      allowed_groups: [g1]
      preserve_host: true
      inject_request_headers: {X-A: parent, X-B: parent}
    extra_routes:
      - from: old.example.com
      - from: api.example.com
        to: http://api
        options:
          allowed_groups: [g2]
          preserve_host: no
          inject_request_headers: {X-B: extra}
- service: other
  default: {from: other.example.com, to: http://other}
`;

  test('come after all services', () => {
    const ids = tableOf(text).routes.map((route) => route.id);
    expect(ids).toEqual(['wiki', 'other', 'wiki@old.example.com', 'wiki@api.example.com']);
  });

  test('have from the section whatever they do not say', () => {
    const [wiki, , old] = tableOf(text).routes;
    const { id, from, position, launcher, policy, ...inherited } = wiki ?? {};
    expect([id, from, position, launcher?.title]).toEqual([
      'wiki',
      'wiki.example.com',
      { line: 4, column: 11 },
      'Wiki',
    ]);
    expect(old).toEqual({
      ...inherited,
      id: 'wiki@old.example.com',
      from: 'old.example.com',
      host: 'old.example.com',
      position: { line: 11, column: 9 },
      policy: { ...policy, forPrincipals: [expect.objectContaining({ text: 'allowed_groups: g1' })] },
    });
  });

  test('lay their options over those of the section, headers name by name', () => {
    expect(tableOf(text).routes[3]).toMatchObject({
      to: 'http://api',
      rules: { groups: ['g2'] },
      preserveHost: false,
      injectRequestHeaders: [
        ['X-A', 'parent'],
        ['X-B', 'extra'],
      ],
    });
  });

  test('of the cluster replace those of default', () => {
    const replaced = text.replace(
      '- service: other',
      '  prod: {extra_routes: [{from: new.example.com}]}\n- service: other',
    );
    expect(tableOf(replaced).routes.map((route) => route.from)).toEqual([
      'wiki.example.com',
      'other.example.com',
      'new.example.com',
    ]);
  });

  test('without a from of their own would take the host of their service, which is an error', () => {
    const stolen =
      '- service: a\n  default:\n    from: a.example.com\n    to: a\n    extra_routes:\n      - to: b\n';
    expect(placesOf(load(stolen))).toEqual(['LK309 6:9']);
  });

  test('have the type of their section, or another', () => {
    const kinds = `- service: a
  default:
    from: ^(.*)\\.a\\.example\\.com$
    to: http://$1.a
    type: rewrite
    extra_routes:
      - from: ^(.*)\\.b\\.example\\.com$
      - {from: c.example.com, to: http://c, type: simple}
      - {from: apps.example.com, type: launcher}
`;
    expect(tableOf(kinds).routes.map((route) => route.kind)).toEqual([
      'rewrite',
      'rewrite',
      'simple',
      'launcher',
    ]);
    expect(load(kinds).diagnostics).toEqual([]);
  });
});

describe('defaults of the environment', () => {
  const defaults = {
    emailDomains: ['Example.com'],
    emailAddresses: ['Ann@Example.com'],
    groups: ['eng'],
    timeoutMs: 7000,
    resetDeadlineMs: 8000,
    provider: 'okta',
  };

  test('apply where the file says nothing', () => {
    expect(routeOf(withOptions(), { defaults })).toMatchObject({
      rules: { groups: ['eng'], emailDomains: ['example.com'], emailAddresses: ['ann@example.com'] },
      timeoutMs: 7000,
      resetDeadlineMs: 8000,
      providerSlugs: ['okta'],
    });
  });

  test('are not taken away by an empty list or a zero, with a warning', () => {
    const text = withOptions('allowed_groups: []', 'timeout: 0', 'provider_slug: ""');
    const result = load(text, { defaults: { ...noDefaultRules, groups: ['eng'], timeoutMs: 7000 } });
    expect(placesOf(result)).toEqual(['LK404 3:11', 'LK404 7:16']);
    expect(result.table?.routes[0]).toMatchObject({ rules: { groups: ['eng'] }, timeoutMs: 7000 });
  });

  test('of providers is not taken away by an empty list, with a warning', () => {
    const result = load(withOptions('provider_slug: []'), {
      defaults: { ...noDefaultRules, groups: ['eng'] },
    });
    expect(placesOf(result)).toEqual(['LK404 6:22']);
    expect(result.table?.routes[0]?.providerSlugs).toEqual([noDefaultRules.provider]);
  });

  test('are each replaced by a list of the file', () => {
    const route = routeOf(withOptions('allowed_email_domains: [Other.COM]'), { defaults });
    expect(route.rules).toEqual({
      groups: ['eng'],
      emailDomains: ['other.com'],
      emailAddresses: ['ann@example.com'],
    });
  });
});

describe('a cluster that no service names', () => {
  const file = '- {service: a, default: {from: a.test, to: x}, prod: {options: {allowed_groups: [g]}}}\n';
  test('is warned about where there are sections for others: it may be misspelt', () => {
    expect(codes(file, 'prdo')).toEqual(['LK405']);
  });

  test.each([['prod'], ['default'], ['']])('is none of %j', (cluster) => {
    expect(codes(file, cluster)).toEqual([]);
  });

  test('is fine where the file has only default sections', () => {
    expect(codes('- {service: a, default: {from: a.test, to: x}}', 'anything')).toEqual([]);
  });
});

function codes(text: string, cluster: string): string[] {
  return load(text, { cluster }).diagnostics.map(({ code }) => code);
}

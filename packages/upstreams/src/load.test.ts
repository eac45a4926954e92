import { expect, test } from '@jest/globals';
import { noDefaultRules } from '@latchkey/testing';
import { load, tableOf } from '../test-support/load.ts';

test('a file of a deployment of BuzzFeed SSO is read as it is', () => {
  const text = `- service: vault
  default:
    from: vault.sso.example.com
    to: vault.local:8200
    options:
      allowed_groups:
        - ops@example.com

- service: snappass
  default:
    from: secrets.sso.example.com
    to: secrets.local:5000
    options:
      allowed_email_domains:
        - example.com
      skip_auth_regex:
        - ^\\/snappass\\/.*$
      flush_interval: 1s
`;
  const { table, diagnostics } = load(text, { cluster: '', scheme: 'http', defaults: noDefaultRules });
  expect(diagnostics).toEqual([]);
  expect(table?.groups).toEqual(['ops@example.com']);
  expect(table?.match('vault.sso.example.com', undefined)).toMatchObject({
    route: { id: 'vault', kind: 'simple', rules: { groups: ['ops@example.com'] } },
    target: { origin: 'http://vault.local:8200' },
  });
  expect(table?.match('secrets.sso.example.com', undefined)).toMatchObject({
    route: { rules: { groups: [], emailDomains: ['example.com'], emailAddresses: [] } },
    target: { origin: 'http://secrets.local:5000' },
  });
});

test('one error anywhere leaves no table, and every diagnostic says where it stands', () => {
  const text =
    '- {service: a, default: {from: a.example.com, to: a}}\n- {service: b, default: {form: b, to: b}}\n';
  expect(load(text)).toEqual({
    table: undefined,
    diagnostics: [
      {
        code: 'LK302',
        severity: 'error',
        message: 'missing `from` parameter: write the host name, `from: wiki.corp.example.com`',
        file: 'upstreams.yml',
        line: 2,
        column: 4,
      },
      {
        code: 'LK202',
        severity: 'warning',
        message: '"form" is not known and has no effect: did you mean `from`?',
        file: 'upstreams.yml',
        line: 2,
        column: 26,
      },
    ],
  });
});

test('the same input gives the same table', () => {
  const text = '- {service: a, default: {from: a.example.com, to: a, options: {skip_auth_regex: [^/x]}}}\n';
  expect(JSON.stringify(tableOf(text))).toBe(JSON.stringify(tableOf(text)));
});

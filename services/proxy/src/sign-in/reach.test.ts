import { expect, test } from '@jest/globals';
import { loadUpstreams } from '@latchkey/upstreams';
import { unreachableHosts } from './reach.ts';

const { table } = loadUpstreams({
  file: 'test.yml',
  text: [
    'wiki.corp.example.com',
    'https://Vault.Corp.Example.com:8443/x',
    'corp.example.com',
    'wiki.notcorp.example.com',
    'example.org',
  ]
    .map(
      (from, at) =>
        `- {service: s${at}, default: {from: '${from}', to: a.test, options: {allowed_groups: ['*']}}}`,
    )
    .concat(
      "- {service: r, default: {from: '^(.*)[.]example[.]org$', to: '$1.test', type: rewrite, options: {allowed_groups: ['*']}}}",
    )
    .join('\n'),
  cluster: '',
  scheme: 'https',
  defaults: {
    emailDomains: [],
    emailAddresses: [],
    groups: [],
    timeoutMs: 1,
    resetDeadlineMs: 1,
    provider: 'google',
  },
  templateVariables: {},
});
const routes = table?.routes ?? [];

test('hosts outside the domain of the session cookie are named, those under it are not', () => {
  expect(unreachableHosts(routes, 'corp.example.com')).toEqual([
    's3: wiki.notcorp.example.com is outside SESSION_COOKIE_DOMAIN (corp.example.com): nobody can sign in there',
    's4: example.org is outside SESSION_COOKIE_DOMAIN (corp.example.com): nobody can sign in there',
  ]);
});

test('without a domain there is one warning about all of them, and none where there are no routes', () => {
  expect(unreachableHosts(routes, undefined)).toEqual([
    expect.stringContaining('SESSION_COOKIE_DOMAIN: not set'),
  ]);
  expect(unreachableHosts([], undefined)).toEqual([]);
});

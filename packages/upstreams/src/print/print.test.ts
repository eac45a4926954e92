import { expect, test } from '@jest/globals';
import { noDefaultRules } from '@latchkey/testing';
import { tableOf } from '../../test-support/load.ts';
import { printTable } from './print.ts';

const reload = (printed: string) => tableOf(printed, { cluster: '', defaults: noDefaultRules });

test('a table is printed as a file that says everything', () => {
  const text = `defaults: {timeout: 1m30s}
services:
  - service: wiki
    title: The wiki
    default:
      from: wiki.example.com
      to: '{{backend}}:8080'
    prod:
      options: {skip_auth_regex: ['^/public/'], inject_request_headers: {X-From: sso}}
      extra_routes:
        - {from: docs.example.com, options: {timeout: 1500us}}
`;
  expect(printTable(tableOf(text, { templateVariables: { backend: 'wiki.internal' } }))).toBe(`- service: wiki
  title: 'The wiki'
  hidden: false
  default:
    from: wiki.example.com
    to: wiki.internal:8080
    type: simple
    options:
      allowed_groups: [everyone]
      allowed_email_domains: []
      allowed_email_addresses: []
      bearer: false
      policy: []
      tags: []
      skip_auth_regex: ['^/public/']
      skip_auth_preflight: false
      provider_slug: google
      max_auth_age: 0s
      idle_timeout: 0s
      cors: {origins: []}
      allowed_origins: []
      strip_request_headers: []
      inject_request_headers: {X-From: sso}
      header_overrides: {}
      assertion_header: X-Latchkey-Jwt-Assertion
      assertion_claims: {}
      timeout: 90s
      reset_deadline: 60s
      keep_alive: 4s
      via: ''
      wait_for: {}
      aws_sigv4: {}
      preserve_host: false
      preserve_location: false
      pass_access_token: false
      allow_root_service_worker: false
      forward_auth: false
      protocol: http1
      skip_request_signing: false
      tls_skip_verify: false
      ca_file: ''
      client_cert_file: ''
      client_key_file: ''
      server_name: ''
      client_identity: {}
    extra_routes:
      - from: docs.example.com
        to: wiki.internal:8080
        type: simple
        options:
          allowed_groups: [everyone]
          allowed_email_domains: []
          allowed_email_addresses: []
          bearer: false
          policy: []
          tags: []
          skip_auth_regex: ['^/public/']
          skip_auth_preflight: false
          provider_slug: google
          max_auth_age: 0s
          idle_timeout: 0s
          cors: {origins: []}
          allowed_origins: []
          strip_request_headers: []
          inject_request_headers: {X-From: sso}
          header_overrides: {}
          assertion_header: X-Latchkey-Jwt-Assertion
          assertion_claims: {}
          timeout: 1.5ms
          reset_deadline: 60s
          keep_alive: 4s
          via: ''
          wait_for: {}
          aws_sigv4: {}
          preserve_host: false
          preserve_location: false
          pass_access_token: false
          allow_root_service_worker: false
          forward_auth: false
          protocol: http1
          skip_request_signing: false
          tls_skip_verify: false
          ca_file: ''
          client_cert_file: ''
          client_key_file: ''
          server_name: ''
          client_identity: {}
`);
});

test('an empty table is an empty file', () => {
  expect(printTable(tableOf(''))).toBe('');
});

test('services that share a name keep their extra routes, and these their ids, order and headers', () => {
  const table = tableOf(`
- service: a
  default: {from: one.example.com, to: a, options: {inject_request_headers: {X-One: '1'}}, extra_routes: [{from: one-extra.example.com}]}
- service: b
  default: {from: b.example.com, to: b, extra_routes: [{from: b-extra.example.com}]}
- service: a
  default: {from: two.example.com, to: a, extra_routes: [{from: two-extra.example.com}]}
`);
  const again = reload(printTable(table));
  expect(again.routes.map(({ id }) => id)).toEqual(table.routes.map(({ id }) => id));
  expect(again.routes.map((route) => route.injectRequestHeaders)).toEqual(
    table.routes.map((route) => route.injectRequestHeaders),
  );
});

// What an operator sees who edits an upstream file with docs/upstreams.schema.json, in the very program that editors use.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLanguageServer } from './language-server.ts';
import type { LanguageServer } from './language-server.ts';

const root = join(import.meta.dirname, '../..');
const start = `- service: wiki
  default:
    from: wiki.example.com
    to: http://wiki
    options:
`;

let editor: LanguageServer;

beforeAll(async () => {
  editor = await startLanguageServer(join(root, 'docs/upstreams.schema.json'));
});

afterAll(async () => {
  await editor.close();
});

describe('an editor completes', () => {
  test('the options, each with its explanation, and not those that have no effect', async () => {
    const file = await editor.open(`${start}      \n`);
    const offers = await file.completeAt(6, 7);
    expect(offers.map(({ label }) => label)).toEqual([
      'allowed_groups',
      'allowed_email_domains',
      'allowed_email_addresses',
      'bearer',
      'pass_bearer_token',
      'required_scopes',
      'allowed_scopes',
      'allowed_subjects',
      'allowed_clients',
      'policy',
      'tags',
      'skip_auth_regex',
      'skip_auth_preflight',
      'provider_slug',
      'max_auth_age',
      'idle_timeout',
      'cors',
      'allowed_origins',
      'strip_request_headers',
      'inject_request_headers',
      'header_overrides',
      'assertion_header',
      'assertion_claims',
      'timeout',
      'reset_deadline',
      'keep_alive',
      'via',
      'wait_for',
      'tcp',
      'starttls',
      'ssh_certificate',
      'aws_sigv4',
      'preserve_host',
      'preserve_location',
      'pass_access_token',
      'allow_root_service_worker',
      'forward_auth',
      'protocol',
      'skip_request_signing',
      'tls_skip_verify',
      'ca_file',
      'client_cert_file',
      'client_key_file',
      'server_name',
      'client_identity',
    ]);
    for (const { explains } of offers) expect(explains).toMatch(/Default: .+\.$/);
  });

  test('the keys of a section that are not there yet, and of no other place', async () => {
    const file = await editor.open('- service: wiki\n  prod:\n    from: wiki.example.com\n    \n');
    const offers = await file.completeAt(4, 5);
    expect(offers.map(({ label, inserts }) => [label, inserts])).toEqual([
      ['to', 'to: ${1:http://wiki.internal:8080}'],
      ['type', 'type: '],
      ['options', 'options:\n  '],
      ['extra_routes', 'extra_routes:\n  - '],
    ]);
  });

  test('a new service with a host and a rule', async () => {
    const file = await editor.open(`${start}      timeout: 5s\n- \n`);
    const offers = await file.completeAt(7, 3);
    expect(offers[0]).toMatchObject({
      label: 'new service',
      inserts: expect.stringMatching(/^service: .*\n {2}default:\n {4}from: [^]*allowed_groups:\n/),
    });
  });

  test.each([
    ['type', '    type: ', ['simple', 'rewrite', 'launcher']],
    ['a truth value', '    options: {preserve_host: ', ['true', 'false']],
    ['a duration', '    options:\n      timeout: ', ['10s', '1m30s']],
    ['a group', '    options:\n      allowed_groups:\n        - ', ['engineering@example.com', '"*"']],
  ])('%s', async (_, lines, values) => {
    const text = `- service: wiki\n  default:\n${lines}${lines.includes('{') ? '}' : ''}\n`;
    const file = await editor.open(text);
    const written = lines.split('\n');
    const offers = await file.completeAt(2 + written.length, (written.at(-1)?.length ?? 0) + 1);
    // Every key may also be left empty.
    expect(offers.map(({ label }) => label).filter((label) => label !== 'null')).toEqual(values);
  });
});

describe('an editor explains', () => {
  test.each([
    ['an option, with its default', 6, 9, 'Default: `UPSTREAM_DEFAULT_TIMEOUT`, which is `10s`'],
    ['where a route leads', 4, 6, 'The address of the application'],
    ['a section', 2, 4, 'The service in one cluster'],
    ['the options as such', 5, 7, 'who may pass'],
  ])('%s', async (_, line, column, text) => {
    const file = await editor.open(`${start}      timeout: 5s\n`);
    expect(await file.hoverAt(line, column)).toContain(text);
  });
});

describe('an editor marks', () => {
  test('mistakes where they stand, with what to write', async () => {
    const file = await editor.open(`- service: wiki
  note: to be removed
  options: {allowed_groups: [eng]}
  default:
    form: wiki.example.com
    from: [wiki, docs]
    type: static
    options:
      timeout: 30
      reset_deadline: 30 seconds
      tls_skip_verify: "true"
      alowed_groups: [eng]
      allowed_groups: eng
      allowed_email_domains: [""]
      provider_slug: a/b
      inject_request_headers: {Host: b}
      header_overrides: [a]
- default: {}
- wiki
`);
    expect(file.marks).toEqual([
      '2:9 Write `key: value` lines here, indented',
      '3:12 This has no effect next to the sections: indent it below `default:`',
      '5:5 Property form is not allowed.',
      '6:11 Write one single value here',
      '7:11 Value is not accepted. Valid values: "simple", "rewrite", "launcher".',
      '9:16 Write a number with its unit, such as `30s`, `1m30s` or `500ms`',
      '10:23 Write a number with its unit, such as `30s`, `1m30s` or `500ms`',
      '11:24 Write `true` or `false`, without quotes',
      '12:7 Property alowed_groups is not allowed.',
      '13:23 A list belongs here: write `[value]`, or one `- value` per line',
      '14:31 Write a domain, or remove this entry',
      '15:22 This is not a slug: write letters, digits, `-` and `_` only',
      '16:32 This is no header name, or one that belongs to the connection and cannot be set',
      '17:25 Write `Name: value` lines here, indented',
      '18:3 Missing property "service".',
      '19:3 Each entry is a service: write `- service: name`, and its sections below it',
    ]);
  });

  test('a service that lacks its dash', async () => {
    const { marks } = await editor.open('service: wiki\ndefault: {from: wiki.example.com}\n');
    expect(marks).toContain(
      '1:1 The file is a list of services: begin each one with `- service: name`, with the dash',
    );
  });

  test.each([
    'deploy/demo/upstreams.yml',
    'deploy/environments/upstreams.yml',
    'test/schema/fixtures/valid/as-of-buzzfeed-sso.yml',
    'test/schema/fixtures/valid/every-option.yml',
    'test/schema/fixtures/valid/defaults-and-anchors.yml',
    'test/schema/fixtures/valid/truth-values.yml',
  ])('nothing in %s', async (path) => {
    expect((await editor.open(readFileSync(join(root, path), 'utf8'))).marks).toEqual([]);
  });

  test('nothing in an empty file, in one of a comment, and in sections that say nothing', async () => {
    for (const text of ['', '# later\n', '- service: 12\n  default:\n  prod: ~\n  dev: {options: }\n']) {
      expect((await editor.open(text)).marks).toEqual([]);
    }
  });
});

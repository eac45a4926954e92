// docs/policies.md shows twenty rules, which people copy into a file that guards their payroll. Each says here who passes and who does not.
import { describe, expect, test } from '@jest/globals';
import type { Person } from '@latchkey/access';
import { admit, readIncoming } from '@latchkey/admission';
import type { Identified, Outcome } from '@latchkey/admission';
import { loadUpstreams } from '@latchkey/upstreams';
import type { RouteTable } from '@latchkey/upstreams';
import { noDefaultRules } from '@latchkey/testing';
import { examples } from './policies.ts';
import type { Asker, Example, Try } from './policies.ts';

const staff = 'staff@example.com';
const authTime = Date.parse('2026-03-02T09:00:00Z') / 1000;

function person(email: string, groups: readonly string[], more: Partial<Person>): Identified<string> {
  return { kind: 'person', principal: { kind: 'person', email, groups, ...more }, session: email };
}

const askers: Readonly<Record<Asker, Identified<string> | undefined>> = {
  engineer: person('engineer@example.com', [staff], { idp: 'okta', authTime }),
  contractor: person('contractor@example.com', [staff, 'contractors@example.com'], { idp: 'okta' }),
  admin: person('admin@example.com', [staff, 'admins@example.com'], { idp: 'okta', authTime }),
  partner: person('partner@partner.example', [], { idp: 'google' }),
  ci: {
    kind: 'machine',
    principal: {
      kind: 'machine',
      name: 'ci',
      groups: [],
      scopes: ['wiki.read'],
      client: 'ci',
      issuer: 'https://token.actions.example.com',
      claims: { repository: 'example/wiki', ref: 'refs/heads/main' },
    },
  },
  visitor: undefined,
};

function tableOf({ rule, guardrail, tags = '[]' }: Example): RouteTable {
  const policy = `policy:\n${rule.replaceAll(/^/gm, '  ')}`;
  const text = `networks: { office: [198.51.100.0/24, 2001:db8:5::/48] }
device_headers: { managed: X-Device-Managed }
${guardrail === true ? policy : ''}
services:
  - service: wiki
    default:
      from: wiki.example.com
      to: http://wiki.internal
      options:
        allowed_groups: [${staff}]
        skip_auth_regex: ['^/(?:admin/)?public/']
        tags: ${tags}
${guardrail === true ? '' : policy.replaceAll(/^/gm, '        ')}
`;
  const { table, diagnostics } = loadUpstreams({
    file: 'upstreams.yml',
    text,
    cluster: '',
    scheme: 'https',
    defaults: noDefaultRules,
    templateVariables: {},
  });
  expect(diagnostics.filter(({ code }) => code !== 'LK401')).toEqual([]);
  if (table === undefined) throw new Error('the file has errors');
  return table;
}

function outcomeOf(table: RouteTable, asked: Try): Outcome<string> {
  const { by, method = 'GET', path = '/page', address = '198.51.100.7', device, managed } = asked;
  const { time = '2026-03-02T09:30:00Z', forwardAuth } = asked;
  const headers = {
    host: 'wiki.example.com',
    ...asked.headers,
    ...(device !== undefined && {
      'x-amzn-mtls-clientcert-serial-number': device,
      'x-amzn-mtls-clientcert-issuer': 'CN=Devices,O=Example Inc',
    }),
    ...(managed !== undefined && { 'x-device-managed': managed }),
  };
  const rawHeaders = Object.entries(headers).flat();
  const caller = { client: address, forwardedFor: address, forwardedProto: undefined };
  const received = { method, url: path, headers, rawHeaders };
  const deviceTrust = { headers: managed !== undefined, certificate: device !== undefined };
  const incoming = readIncoming(received, 'http', { read: () => caller }, deviceTrust);
  const outcome = admit(
    { ...incoming, isQuestion: forwardAuth === true },
    {
      match: (host, port) => table.match(host, port),
      publicPorts: undefined,
      secure: true,
      scheme: () => 'https',
      isOwnPath: () => false,
      authenticators: [() => askers[by]],
      now: () => Date.parse(time),
    },
  );
  if (outcome.kind === 'pending') throw new Error('nothing has to be waited for');
  return outcome;
}

test('there are twenty of them, and each lets somebody in and keeps somebody out', () => {
  expect(examples).toHaveLength(20);
  expect(examples.filter(({ tries }) => new Set(tries.map(({ passes }) => passes)).size < 2)).toEqual([]);
});

describe.each(examples)('$title', (example) => {
  const table = tableOf(example);

  test.each(example.tries)('$by: $passes', (asked) => {
    expect([asked, outcomeOf(table, asked).kind === 'forward']).toEqual([asked, asked.passes]);
  });
});

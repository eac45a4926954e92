import { expect, test } from '@jest/globals';
import { load, placesOf, tableOf } from '../../test-support/load.ts';
import { printTable } from '../print/print.ts';

const hash = (digit: string) => `'sha256:${digit.repeat(64)}'`;
const now = Date.parse('2026-11-26T12:00:00Z');

const withAccounts = (accounts: string) => `service_accounts:
${accounts}
services:
  - service: wiki
    default: {from: wiki.example.com, to: http://wiki, options: {allowed_groups: [staff]}}
`;

test('an account is known by its name, with its scopes and the hashes of its tokens', () => {
  const { root } = tableOf(
    withAccounts(`  - name: deploy-bot
    secret_hashes: [{hash: ${hash('a')}}, {hash: ${hash('b')}, expires: 2027-06-01}]
    scopes: [deploy, read]`),
    { now },
  );
  expect(root.serviceAccounts.get('deploy-bot')).toEqual({
    principal: {
      kind: 'machine',
      name: 'deploy-bot',
      issuer: 'service_accounts',
      client: 'deploy-bot',
      groups: [],
      scopes: ['deploy', 'read'],
    },
    tokens: [
      { hash: `sha256:${'a'.repeat(64)}`, expiresAt: undefined },
      { hash: `sha256:${'b'.repeat(64)}`, expiresAt: Date.UTC(2027, 5, 1) },
    ],
  });
});

test.each([
  ['without a name', `  - secret_hashes: [{hash: ${hash('a')}}]`, ['LK350 2:5']],
  [
    'with a name that no token can hold',
    `  - {name: Bot, secret_hashes: [{hash: ${hash('a')}}]}`,
    ['LK350 2:12'],
  ],
  [
    'with the name of another',
    `  - {name: a, secret_hashes: [{hash: ${hash('a')}}]}\n  - {name: a, secret_hashes: [{hash: ${hash('b')}}]}`,
    ['LK351 3:12'],
  ],
  [
    'with the token of another',
    `  - {name: a, secret_hashes: [{hash: ${hash('a')}}]}\n  - {name: b, secret_hashes: [{hash: ${hash('a')}}]}`,
    ['LK351 3:38'],
  ],
  ['without a token', '  - {name: a}\n  - {name: b, secret_hashes: []}\n', ['LK352 2:5', 'LK352 3:5']],
  ['with a token without its hash', '  - {name: a, secret_hashes: [{expires: 2027-06-01}]}', ['LK352 2:31']],
  ['with what is no hash', '  - {name: a, secret_hashes: [{hash: abc}]}', ['LK352 2:38']],
  [
    'with an end that is no time',
    `  - {name: a, secret_hashes: [{hash: ${hash('a')}, expires: soon}]}`,
    ['LK353 2:122'],
  ],
  [
    'with an end on a day that is none',
    `  - {name: a, secret_hashes: [{hash: ${hash('a')}, expires: 2027-13-01}]}`,
    ['LK353 2:122'],
  ],
])('an account %s is refused', (_, accounts, places) => {
  expect(placesOf(load(withAccounts(accounts), { now }))).toEqual(places);
});

test.each([
  ['2027-06-01', []],
  ['2026-12-26T12:00:01Z', []],
  ['2026-12-26T12:00:00Z', ['LK354 2:122']],
  ['2026-11-27', ['LK354 2:122']],
  ['2026-11-26T12:00:00Z', ['LK355 2:122']],
  ['2020-01-01', ['LK355 2:122']],
])('of a token that ends at %s it is reported in time', (end, places) => {
  const text = withAccounts(`  - {name: a, secret_hashes: [{hash: ${hash('a')}, expires: ${end}}]}`);
  expect(placesOf(load(text, { now }))).toEqual(places);
});

const role = 'arn:aws:iam::111122223333:role/app2';

test('an account may be the role of AWS that a program works in', () => {
  const { root } = tableOf(
    withAccounts(`  - {name: app2, aws_role: '${role.replace('role/', 'role/teams/')}'}`),
  );
  expect(root.serviceAccounts.get('app2')).toMatchObject({
    tokens: [],
    awsRole: {
      partition: 'aws',
      account: '111122223333',
      name: 'app2',
      arn: expect.stringContaining('teams'),
    },
  });
  expect(root.serviceAccounts.get('app2')?.principal).not.toHaveProperty('awsRole');
});

test.each([
  'arn:aws:sts::111122223333:assumed-role/app2/session',
  'arn:aws:iam::111122223333:user/app2',
  'arn:aws:iam::111122223333:role/*',
  'arn:aws:iam::111122223333:role/',
  'arn:aws:iam::1111:role/app2',
  'arn:aws-iso:iam::111122223333:role/app2',
  'app2',
])('%s is not the role of an account', (text) => {
  expect(placesOf(load(withAccounts(`  - {name: app2, aws_role: '${text}'}`)))).toEqual(['LK357 2:28']);
});

test('two accounts do not have one role, whatever its path', () => {
  const accounts = [role, role.replace('role/', 'role/a/b/')].map(
    (arn, at) => `  - {name: a${at}, aws_role: '${arn}'}`,
  );
  expect(placesOf(load(withAccounts(accounts.join('\n'))))).toEqual(['LK358 3:26']);
  const other = [role, role.replace(':1111', ':2222')].map(
    (arn, at) => `  - {name: a${at}, aws_role: '${arn}'}`,
  );
  expect(placesOf(load(withAccounts(other.join('\n'))))).toEqual([]);
});

test('a token in place of its hash is reported, and not repeated', () => {
  const { diagnostics } = load(withAccounts('  - {name: a, secret_hashes: [{hash: lk_a_verysecret}]}'));
  expect(diagnostics).toMatchObject([
    { code: 'LK352', message: expect.stringContaining('replace the token') },
  ]);
  expect(JSON.stringify(diagnostics)).not.toContain('verysecret');
});

const withClients = (clients: string) =>
  withAccounts(
    `  - {name: deploy-bot, secret_hashes: [{hash: ${hash('a')}, expires: 2027-06-01T18:00:00+02:00}]}`,
  ).replace('allowed_groups: [staff]', `bearer: true, allowed_clients: [${clients}]`);

test('the name of an account in a rule means that account, and no client of an issuer', () => {
  const clientsOf = (clients: string) => tableOf(withClients(clients), { now }).routes[0]?.bearer?.clients;
  expect(clientsOf('deploy-bot, other')).toEqual(['service_accounts#deploy-bot', 'other']);
  expect(clientsOf('service_accounts#deploy-bot')).toEqual(['service_accounts#deploy-bot']);
  expect(placesOf(load(withClients('service_accounts#deploybot'), { now }))).toEqual(['LK356 5:98']);
});

test('what is printed of accounts is read as it was', () => {
  const more = `service_accounts:\n  - {name: app2, aws_role: '${role}', scopes: [read]}`;
  const table = tableOf(withClients('deploy-bot').replace('service_accounts:', more), { now });
  expect(tableOf(printTable(table), { cluster: '', now }).root).toEqual(table.root);
});

const github = 'https://ci.example.com';
const withWorkloads = (accounts: string) => `issuers:
  - {issuer: ${github}, audiences: [latchkey]}
  - {issuer: https://people.example.com, audiences: [latchkey], callers: people, email_domains: [example.com]}
${withAccounts(accounts)}`;

test('an account may be what the tokens of an issuer say, and is printed as it was written', () => {
  const table = tableOf(
    withWorkloads(
      `  - {name: ci, issuer: ${github}, claims: {repository: corp/app, ref: [main, release], id: 42}}`,
    ),
  );
  expect(table.root.serviceAccounts.get('ci')).toMatchObject({
    tokens: [],
    workload: {
      issuer: github,
      claims: [
        ['repository', ['corp/app']],
        ['ref', ['main', 'release']],
        ['id', ['42']],
      ],
    },
  });
  expect(tableOf(printTable(table)).root).toEqual(table.root);
});

test.each([
  ['whose issuer is none of the file', `issuer: https://other.example.com, claims: {sub: a}`, ['LK360 5:24']],
  ['whose issuer vouches for people', `issuer: https://people.example.com, claims: {sub: a}`, ['LK360 5:24']],
  ['without claims', `issuer: ${github}`, ['LK360 5:5']],
  ['with no claims', `issuer: ${github}, claims: {}`, ['LK360 5:5']],
  ['without an issuer', 'claims: {sub: a}', ['LK352 5:5', 'LK360 5:5']],
  ['that wants anything', `issuer: ${github}, claims: {ref: 'refs/heads/*'}`, ['LK360 5:62']],
  ['that wants nothing', `issuer: ${github}, claims: {ref: ''}`, ['LK360 5:62']],
  ['that wants one of none', `issuer: ${github}, claims: {ref: []}`, ['LK360 5:62']],
  ['that wants what no claim is', `issuer: ${github}, claims: {ref: {a: b}}`, ['LK360 5:62']],
  ['whose claims are none', `issuer: ${github}, claims: main`, ['LK203 5:56']],
])('a workload %s is refused', (_, workload, places) => {
  expect(placesOf(load(withWorkloads(`  - {name: ci, ${workload}}`)))).toEqual(places);
});

test('two accounts do not have the same tokens of an issuer', () => {
  const accounts = ['a', 'b'].map((name) => `  - {name: ${name}, issuer: ${github}, claims: {sub: a}}`);
  expect(placesOf(load(withWorkloads(accounts.join('\n'))))).toEqual(['LK361 6:23']);
});

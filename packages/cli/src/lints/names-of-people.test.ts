import { expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { latchkey, placesIn } from '@latchkey/testing/latchkey';

async function check(...options: string[]): Promise<string[]> {
  const text = withOptions(...options).replace(/ to: \S+/, ' to: tls://db.internal:5432');
  const { stdout } = await latchkey({ 'up.yml': text }, [
    'check',
    'up.yml',
    '--cluster',
    'prod',
    '--format',
    'json',
  ]);
  return placesIn(stdout).filter((place) => place.startsWith('LK655'));
}

const identity = (subject: string) =>
  `client_identity: {ca_cert_file: /a, ca_key_file: /b, subject: '${subject}'}`;
const ssh = (principals: string) => `ssh_certificate: {ca_key_file: /b, principals: [${principals}]}`;
const deny = (expression: string) => `policy: [{name: ours, deny_if: '${expression}'}]`;

test.each([
  ['groups', 'allowed_groups: [staff]'],
  ['two domains', 'allowed_email_domains: [example.com, partner.example]'],
  ['addresses of two domains', 'allowed_email_addresses: [ann@example.com, ann@partner.example]'],
  ['a rule about no domain', `policy: [{name: all, allow_if: '"x" in user.groups'}]`],
])('people whom %s let in may have one name before the @', async (_, rule) => {
  expect(await check(rule, identity('CN={user},O=people'))).toEqual(['LK655 7:70']);
  expect(await check(rule, identity('CN={email}'))).toEqual([]);
  expect(await check(rule, ssh("ops, '{email}', 'x-{user}'"))).toEqual(['LK655 7:72']);
});

test.each([
  [['allowed_email_domains: [example.com]']],
  [['allowed_email_addresses: [ann@example.com, bob@example.com]']],
  [['allowed_groups: [staff]', deny('user.domain != "example.com"')]],
  [['policy: [{name: ours, allow_if: \'user.domain == "example.com"\'}]']],
])('people of one domain have names of their own (%j)', async (rules) => {
  expect(await check(...rules, identity('CN={user}'))).toEqual([]);
});

test('where auth admits one domain, nothing is said', async () => {
  const text = withOptions('allowed_groups: [staff]', ssh("'{user}'")).replace(/ to: \S+/, ' to: tcp://a:22');
  const args = ['check', 'up.yml', '--cluster', 'prod', '--env-file', 'auth.env', '--format', 'json'];
  const codes = async (domains: string) => {
    const files = { 'up.yml': text, 'auth.env': `AUTHORIZE_EMAIL_DOMAINS=${domains}\n` };
    return placesIn((await latchkey(files, args)).stdout).filter((place) => place.startsWith('LK655'));
  };
  expect(await codes('example.com')).toEqual([]);
  expect(await codes('example.com,partner.example')).toHaveLength(1);
});

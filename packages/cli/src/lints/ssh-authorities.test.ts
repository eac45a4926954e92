import { expect, test } from '@jest/globals';
import { latchkey, placesIn } from '@latchkey/testing/latchkey';

const route = (name: string, options: string, key: string) => `- service: ${name}
  default:
    from: ${name}.example.com
    to: tcp://${name}.internal:22
    options:
      ${options}
      ssh_certificate: {ca_key_file: ${key}, principals: ['{email}']}
`;

async function check(...routes: string[]): Promise<string[]> {
  const args = ['check', 'up.yml', '--cluster', 'prod', '--format', 'json'];
  return placesIn((await latchkey({ 'up.yml': routes.join('') }, args)).stdout);
}

test.each([
  ['a list', ['allowed_groups: [dev]'], 'LK656 14:38'],
  [
    'a rule',
    ['allowed_groups: [ops]', `policy: [{name: ours, deny_if: 'user.domain != "example.com"'}]`],
    'LK656 15:38',
  ],
  ['when people sign in again', ['allowed_groups: [ops]', 'max_auth_age: 1h'], 'LK656 15:38'],
])('two routes with one SSH authority that differ by %s are reported', async (_, options, place) => {
  const other = route('b', options.join('\n      '), '/ca');
  expect(await check(route('a', 'allowed_groups: [ops]', '/ca'), other)).toEqual([place]);
});

test('with the same rules, or authorities of their own, nothing is said', async () => {
  const ops = route('a', 'allowed_groups: [ops]', '/ca');
  expect(await check(ops, route('b', 'allowed_groups: [ops]', '/ca'))).toEqual([]);
  expect(await check(ops, route('b', 'allowed_groups: [dev]', '/other'))).toEqual([]);
});

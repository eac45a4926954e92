import { expect, test } from '@jest/globals';
import { load, placesOf, tableOf } from '../../test-support/load.ts';

const file = (option: string, to = 'tcp://bastion.internal:22') => `
- service: bastion
  default:
    from: bastion.example.com
    to: ${to}
    options: {allowed_groups: [staff], ssh_certificate: ${option}}
`;

test('a route says whose key signs certificates, and for which names', () => {
  const [route] = tableOf(file("{ca_key_file: /etc/ssh-ca, principals: ['{user}', ops]}")).routes;
  expect(route?.sshCertificate).toEqual({ keyFile: '/etc/ssh-ca', principals: ['{user}', 'ops'] });
  expect(tableOf(file('{}')).routes[0]?.sshCertificate).toBeUndefined();
});

test.each([
  ["{principals: ['{user}']}", 'LK650 6:57'],
  ['{ca_key_file: /etc/ssh-ca}', 'LK650 6:57'],
  ["{ca_key_file: '', principals: ['{user}']}", 'LK650 6:57'],
  ["{ca_key_file: /etc/ssh-ca, principals: ['{groups}']}", 'LK650 6:97'],
  ["{ca_key_file: /etc/ssh-ca, principals: ['a,root']}", 'LK650 6:97'],
  [
    `{ca_key_file: /etc/ssh-ca, principals: [${Array.from({ length: 33 }, (_, at) => `u${at}`).join()}]}`,
    'LK650 6:57',
  ],
])('what cannot be used is refused (%s)', (option, place) => {
  expect(placesOf(load(file(option)))).toEqual([place]);
});

test('a route of HTTP has no use for it', () => {
  const option = "{ca_key_file: /etc/ssh-ca, principals: ['{user}']}";
  expect(placesOf(load(file(option, 'http://bastion.internal')))).toEqual(['LK650 6:57']);
});

test('what is wrong with the file of a key is said where it is named', () => {
  const { table, diagnostics } = load(file("{ca_key_file: /etc/ssh-ca, principals: ['{user}']}"), {
    lookAtSshKey: () => [
      { kind: 'unusable', message: 'holds no private key' },
      { kind: 'readable', message: 'may be read by all' },
    ],
  });
  expect(table).toBeUndefined();
  expect(diagnostics).toMatchObject([
    { code: 'LK651', severity: 'error', message: '`ca_key_file`: "/etc/ssh-ca" holds no private key' },
    { code: 'LK652', severity: 'warning' },
  ]);
});

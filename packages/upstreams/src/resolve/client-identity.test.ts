import { expect, test } from '@jest/globals';
import { load, placesOf, tableOf } from '../../test-support/load.ts';

const ca = 'ca_cert_file: /ca.pem, ca_key_file: /ca.key';
const file = (identity: string, { to = 'https://wiki.internal', options = '', type = 'simple' } = {}) => `
- service: wiki
  default:
    type: ${type}
    from: wiki.example.com
    to: ${to}
    options:
      allowed_groups: [staff]
      client_identity: ${identity}
      ${options}
`;
const usual = `{${ca}, subject: 'CN={email}'}`;
const saidOf = (text: string) => load(text).diagnostics.map(({ code, message }) => `${code} ${message}`);

test('a person is named by what the file says, for five minutes unless it says otherwise', () => {
  const [route] = tableOf(
    file(`{${ca}, subject: 'CN={email},O=corp', san_uri: 'spiffe://corp/user/{sub}'}`),
  ).routes;
  expect(route?.tls.files).toEqual({ ca_cert_file: '/ca.pem', ca_key_file: '/ca.key' });
  expect(route?.clientIdentity).toMatchObject({
    lifetimeMs: 300_000,
    person: { sanUri: ['spiffe://corp/user/', { of: 'sub' }] },
    written: { subject: 'CN={email},O=corp', sanUri: 'spiffe://corp/user/{sub}' },
  });
  expect(route?.clientIdentity).not.toHaveProperty('machine');
});

test.each(['{}', ''])('nobody is named where the option is empty (%s)', (identity) => {
  const [route] = tableOf(file(identity)).routes;
  expect(route).not.toHaveProperty('clientIdentity');
});

test.each([
  [
    "{ca_cert_file: /ca.pem, subject: 'CN={email}'}",
    'LK640 `client_identity` has no `ca_key_file`: write it',
  ],
  [`{${ca}}`, 'LK640 `client_identity` has no `subject`: write it'],
  [
    `{${ca}, subject: CN=everybody}`,
    'LK640 `subject` "CN=everybody" cannot be used: it says nothing of who it is',
  ],
  [
    `{${ca}, subject: 'CN={name}'}`,
    'LK640 `subject` "CN={name}" cannot be used: {name} is none of {email}, {user}, {sub}, {idp}',
  ],
  [
    `{${ca}, subject: 'CN={email}', machine_subject: 'CN={email}'}`,
    'LK640 `machine_subject` "CN={email}" cannot be used: {email} is none of {name}',
  ],
  [
    `{${ca}, subject: 'CN={email}', san_uri: '{sub}'}`,
    'LK640 `san_uri` "{sub}" cannot be used: it is not an address with a host, such as spiffe://corp/user/{sub}',
  ],
  [
    `{${ca}, subject: 'UID={idp}{sub}'}`,
    'LK640 `subject` "UID={idp}{sub}" cannot be used: two facts stand side by side: write something between them',
  ],
  [
    `{${ca}, subject: 'CN={email}', san_uri: 'spiffe://corp/{idp}{sub}'}`,
    'LK640 `san_uri` "spiffe://corp/{idp}{sub}" cannot be used: two facts stand side by side: write something between them',
  ],
  [
    `{${ca}, subject: 'CN={email}', lifetime: 30s}`,
    'LK640 `lifetime` is from `1m` to `24h`: clocks differ, and nobody takes a certificate back',
  ],
  [
    `{${ca}, subject: 'CN={email}', lifetime: 25h}`,
    'LK640 `lifetime` is from `1m` to `24h`: clocks differ, and nobody takes a certificate back',
  ],
])('what cannot be used is refused with what to write: %s', (identity, said) => {
  expect(saidOf(file(identity))).toEqual([said]);
});

test.each([
  [{ to: 'http://wiki.internal' }, 'needs TLS'],
  [{ to: 'unix:/run/wiki.sock' }, 'needs TLS'],
  [{ to: 'tcp://db.internal:5432' }, 'needs TLS'],
  [{ to: 'http://$1.internal.example.com', type: 'rewrite' }, 'needs TLS'],
  [{ options: "skip_auth_regex: ['^/public/']" }, 'On public paths'],
  [{ options: 'skip_auth_preflight: true' }, 'On public paths'],
  [{ options: 'wait_for: {path: /login}' }, 'makes a request without a person'],
  [{ options: 'forward_auth: true' }, 'a server in front opens the connection'],
  [
    { options: 'client_cert_file: /a.pem\n      client_key_file: /a.key' },
    'A connection has only one certificate',
  ],
])('it is refused beside what has no place for it: %j', (beside, why) => {
  const said = saidOf(file(usual, beside)).filter((each) => each.startsWith('LK641'));
  expect(said).toEqual([expect.stringContaining(why)]);
});

test.each([
  { to: 'tls://cache.internal:6379' },
  { to: 'tcp://db.internal:5432', options: 'starttls: postgres' },
  { to: 'https://wiki.internal', options: 'skip_auth_regex: []' },
])('it goes with TLS of each kind: %j', (beside) => {
  expect(placesOf(load(file(usual, beside)))).toEqual([]);
});

test('with several providers a subject of one needs its name beside it', () => {
  const several = { options: 'provider_slug: [google, okta]' };
  const of = (uri: string) => saidOf(file(`{${ca}, subject: 'CN={email}', san_uri: '${uri}'}`, several));
  const ambiguous = [expect.stringContaining('LK641 Two providers may call two people')];
  expect(of('spiffe://corp/{sub}')).toEqual(ambiguous);
  expect(of('spiffe://corp/{idp}/{sub}')).toEqual([]);
  expect(saidOf(file(`{${ca}, subject: 'CN={sub},OU=idp'}`, several))).toEqual(ambiguous);
  expect(saidOf(file(`{${ca}, subject: 'CN={sub},OU={idp}'}`, several))).toEqual([]);
});

test('the certificate that the environment has for all is not shown beside it', () => {
  const files = { ca_file: '/env/ca.pem', client_cert_file: '/env/a.pem', client_key_file: '/env/a.key' };
  const defaults = {
    emailDomains: [],
    emailAddresses: [],
    groups: [],
    timeoutMs: 1,
    resetDeadlineMs: 1,
    provider: 'google',
    tls: { files },
  };
  const [route] = tableOf(file(usual), { defaults }).routes;
  expect(route?.tls.files).toEqual({
    ca_file: '/env/ca.pem',
    ca_cert_file: '/ca.pem',
    ca_key_file: '/ca.key',
  });
});

const lookAtFiles = () => [
  { kind: 'ends_soon', option: 'ca_cert_file', message: 'is over in 3 days' } as const,
  { kind: 'readable', option: 'ca_key_file', message: 'may be read by every user' } as const,
];

test('what the files hold is said where they are written', () => {
  expect(placesOf(load(file(usual), { lookAtFiles }))).toEqual(['LK642 9:39', 'LK314 9:61']);
});

const loadStarting = (to: string, starttls: string) =>
  load(file('{}', { to, options: `starttls: ${starttls}` }));

test('how TLS begins is for TCP that begins without it', () => {
  expect(loadStarting('tcp://db.internal:5432', 'postgres').table?.routes[0]?.startTls).toBe('postgres');
  expect(loadStarting('tcp://db.internal:5432', "''").table?.routes[0]?.startTls).toBeUndefined();
  expect(placesOf(loadStarting('tls://db.internal:5432', 'postgres'))).toEqual(['LK643 10:17']);
  expect(placesOf(loadStarting('https://wiki.internal', 'postgres'))).toEqual(['LK643 10:17']);
  expect(placesOf(loadStarting('tcp://db.internal:5432', 'mysql'))).toEqual(['LK643 10:17']);
});

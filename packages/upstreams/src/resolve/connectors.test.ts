import { expect, test } from '@jest/globals';
import { load, placesOf, routeOf } from '../../test-support/load.ts';

const hash = `sha256:${'0'.repeat(64)}`;
const accounts = `service_accounts: [{name: bot, secret_hashes: [{hash: '${hash}'}]}]`;
const route = '{from: app.example.com, to: http://localhost:3000}';

function withConnectors(connectors: string): string {
  return `${accounts}
connectors: ${connectors}
services:
- service: app
  default: ${route}
`;
}

const withVia = (options: string, to = 'http://localhost:3000', more = ''): string => `${accounts}
connectors: [{name: beside, service_account: bot}]
services:
- service: app
  default:
    from: app.example.com
    to: ${to}
    ${more}
    options: {via: beside, ${options}}
`;

const messagesOf = (file: string): string[] => load(file).diagnostics.map(({ message }) => message);

test.each([
  ['a name is missing', '[{service_account: bot}]', ['LK380 2:14']],
  ['an account is missing', '[{name: beside}]', ['LK380 2:14']],
  ['a name is none', '[{name: Beside, service_account: bot}]', ['LK380 2:21']],
  [
    'there are two of one name',
    '[{name: one, service_account: bot}, {name: one, service_account: bot}]',
    ['LK381 2:56'],
  ],
  ['there is no such account', '[{name: one, service_account: nobody}]', ['LK382 2:43']],
])('a list of connectors where %s is refused', (_, connectors, places) => {
  expect(placesOf(load(withConnectors(connectors)))).toEqual(places);
});

test('a route leads through a connector of the list, and directly where the file says so again', () => {
  expect(routeOf(withVia('')).via).toBe('beside');
  expect(routeOf(withVia('').replace('via: beside', "via: ''")).via).toBeUndefined();
});

test('a route through a connector that there is not is refused', () => {
  expect(placesOf(load(withVia('').replace('via: beside', 'via: other')))).toEqual(['LK383 9:20']);
});

test.each([
  ['that waits', withVia('wait_for: {path: /up}'), 'remove `wait_for`'],
  [
    'over TLS with options for the TLS of the proxy',
    withVia('tls_skip_verify: true', 'https://localhost:3000'),
    'remove `tls_skip_verify`',
  ],
  [
    'over TLS and HTTP/2',
    withVia('protocol: h2', 'https://localhost:3000'),
    'write `to: http://…` and `h2c`',
  ],
  [
    'of a pattern',
    withVia('', 'http://$1.internal', 'type: rewrite').replace(
      'from: app.example.com',
      () => "from: '^(.*)[.]example[.]com$'",
    ),
    'write a route for each host',
  ],
])('a route %s leads through no connector', (_, file, advice) => {
  const { diagnostics } = load(file);
  expect(diagnostics.map(({ code }) => code)).toEqual(['LK384']);
  expect(messagesOf(file)[0]).toContain(advice);
});

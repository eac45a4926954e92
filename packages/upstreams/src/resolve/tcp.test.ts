import { expect, test } from '@jest/globals';
import { load, placesOf, tableOf } from '../../test-support/load.ts';

const withTo = (to: string, options: string) => `
- service: db
  default:
    from: db.example.com
    to: ${to}
    options: {allowed_groups: [staff], ${options}}
`;
const routeOf = (options: string) => tableOf(withTo('tcp://db.internal:5432', options)).routes[0];

test.each([
  ['', {}],
  ['tcp: {}', {}],
  ['tcp: {idle_timeout: 1h}', { idleMs: 3_600_000 }],
  ['tcp: {idle_timeout: 0, max_duration: 12h}', { longestMs: 43_200_000 }],
])('connections of TCP are open for as long as the route says (%s)', (options, expected) => {
  expect(routeOf(options)?.tcp).toEqual(expected);
});

test('tokens count there by themselves, and not where the file says otherwise', () => {
  expect(routeOf('allowed_clients: [backup]')?.bearer).toMatchObject({ clients: ['backup'] });
  expect(routeOf('bearer: false')?.bearer).toBeUndefined();
});

test.each(['skip_auth_regex: [.*]', 'skip_auth_preflight: true'])(
  'nothing of it is public, whatever is inherited (%s)',
  (option) => {
    const file = withTo('tcp://db.internal:5432', option);
    expect(placesOf(load(file))).toEqual(['LK631 4:11']);
    const [route] = tableOf(file).routes;
    expect(route).toMatchObject({ publicPaths: [], skipAuthPreflight: false });
  },
);

test('limits of TCP on a route of HTTP are refused', () => {
  expect(placesOf(load(withTo('http://db.internal', 'tcp: {idle_timeout: 1h}')))).toEqual(['LK630 6:45']);
});

test.each(['inject_request_headers: {X-A: b}', 'cors: {origins: [https://a.test]}'])(
  'an option about HTTP is reported to have no effect (%s)',
  (option) => {
    expect(placesOf(load(withTo('tcp://db.internal:5432', option)))).toEqual(['LK631 4:11']);
  },
);

const rewrite = (to: string) => `
- service: all
  default: {type: rewrite, from: '^(.*)[.]example[.]com$', to: '${to}', options: {allowed_groups: [staff]}}
`;

const targetOf = (to: string, host: string) => tableOf(rewrite(to)).match(host, undefined)?.target?.origin;

test('a host name makes no address of TCP of what is written as something else, nor the other way round', () => {
  expect(targetOf('tcp://$1.internal:22', 'bastion.example.com')).toBe('tcp://bastion.internal:22');
  expect(targetOf('${1}://db.internal:22', 'tcp.example.com')).toBeUndefined();
});

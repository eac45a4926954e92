import { describe, expect, test } from '@jest/globals';
import { load, placesOf, tableOf } from '../../test-support/load.ts';

function simple(from: string, to = 'http://wiki'): string {
  return `- service: wiki\n  default:\n    from: ${JSON.stringify(from)}\n    to: ${JSON.stringify(to)}\n`;
}

describe('from of a simple route', () => {
  test.each([
    ['wiki.example.com', 'wiki.example.com', undefined],
    ['Wiki.Example.COM', 'wiki.example.com', undefined],
    ['wiki.example.com.', 'wiki.example.com', undefined],
    ['https://wiki.example.com', 'wiki.example.com', undefined],
    ['https://wiki.example.com:443/', 'wiki.example.com', undefined],
    ['http://wiki.example.com:80', 'wiki.example.com', undefined],
    ['wiki.example.com:443', 'wiki.example.com', undefined],
    ['wiki.example.com', 'wiki.example.com', 4180],
    ['wiki.localhost:4180', 'wiki.localhost', 4180],
    ['http://wiki.example.com:443', 'wiki.example.com', 443],
    ['bücher.example', 'xn--bcher-kva.example', undefined],
    ['my_service', 'my_service', undefined],
    ['[::1]:4180', '[::1]', 4180],
  ])('%s answers for %s and port %s', (from, host, port) => {
    expect(tableOf(simple(from)).match(host, port)?.route.service).toBe('wiki');
  });

  test('a port that is given has to be the one', () => {
    const table = tableOf(simple('wiki.localhost:4180'));
    expect(table.match('wiki.localhost', undefined)).toBeUndefined();
    expect(table.match('wiki.localhost', 4181)).toBeUndefined();
  });

  test('a path has no effect, with a warning', () => {
    const result = load(simple('https://wiki.example.com/grafana?x'));
    expect(placesOf(result)).toEqual(['LK311 3:11']);
    expect(result.table?.match('wiki.example.com', undefined)).toBeDefined();
  });

  test.each([
    ['a b.example.com', 'Write it like `wiki.corp.example.com`'],
    ['*.example.com', 'For all hosts below a domain, write a pattern and add `type: rewrite`'],
    ['^wiki--(.*)\\.example\\.com$', 'For a pattern, add `type: rewrite`'],
    ['user@example.com', 'Write it like'],
    ['wiki..example.com', 'Write it like'],
    ['wiki.example.com:99999', 'Write it like'],
    ['https://', 'Write it like'],
  ])('%s is an error', (from, advice) => {
    const { table, diagnostics } = load(simple(from));
    expect(table).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'LK305', message: expect.stringContaining(advice) }]);
  });

  test('an unknown type is an error', () => {
    expect(placesOf(load('- {service: a, default: {from: a.example.com, to: a, type: static}}'))).toEqual([
      'LK304 1:60',
    ]);
  });
});

describe('to of a simple route', () => {
  test.each([
    ['http://127.0.0.1:4200', 'http://127.0.0.1:4200', '', ''],
    ['vault.local:8200', 'https://vault.local:8200', '', ''],
    ['http://wiki:80/', 'http://wiki', '', ''],
    ['https://wiki/x/y/?q=1&r', 'https://wiki', '/x/y', 'q=1&r'],
    ['HTTP://Wiki/X?u=http://y', 'http://wiki', '/X', 'u=http://y'],
    ['wiki/x?u=http://y', 'https://wiki', '/x', 'u=http://y'],
    ['tcp://DB.internal:5432', 'tcp://db.internal:5432', '', ''],
    ['TCP://127.1:80', 'tcp://127.0.0.1:80', '', ''],
    ['tcp://[::1]:443', 'tcp://[::1]:443', '', ''],
  ])('%s leads to %s', (to, origin, basePath, query) => {
    const match = tableOf(simple('wiki.example.com', to)).match('wiki.example.com', undefined);
    expect(match?.target).toEqual({ origin, basePath, query });
  });

  test('UPSTREAM_SCHEME is the scheme where there is none', () => {
    const table = tableOf(simple('wiki.example.com', 'wiki:5000'), { scheme: 'http' });
    expect(table.match('wiki.example.com', undefined)?.target?.origin).toBe('http://wiki:5000');
  });

  test.each([
    ['ftp://wiki', 'its scheme is none of http, https, unix, tcp and tls'],
    ...[
      'tcp://db',
      'tcp://db:0',
      'tcp://db:99999',
      'tcp://db:1/x',
      'tcp://a@db:1',
      'tcp:db:1',
      'tcp://a b:1',
    ].map((to) => [
      to,
      to.includes(' ')
        ? 'it holds a space, a backslash or a control character'
        : 'TCP is written with host and port, and nothing behind them',
    ]),
    ['http://ann:hunter2@wiki', 'it holds credentials'],
    ['http://wiki/#top', 'it has a fragment'],
    ['http://wi ki', 'it holds a space, a backslash or a control character'],
    ['http://wiki\\x', 'it holds a space, a backslash or a control character'],
    ['http://wiki:99999', 'it cannot be read'],
    ['http://*.example.com', 'its host is not a host name'],
  ])('%s is an error that quotes nothing', (to, reason) => {
    const { table, diagnostics } = load(simple('wiki.example.com', to));
    expect(table).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'LK306', line: 4, column: 9 }]);
    expect(diagnostics[0]?.message).toBe(
      `unable to url parse \`to\` parameter: ${reason}. Write \`host[:port][/path]\`, \`unix:/path\`, \`tcp://host:port\` or \`tls://host:port\``,
    );
  });
});

test('every route has an id of its own, whatever services are called', () => {
  const { routes } = tableOf(`
- {service: a, default: {from: a.test, to: x, extra_routes: [{from: b.test}, {from: b.test, type: rewrite}]}}
- {service: a@b.test, default: {from: c.test, to: x}}
`);
  expect(new Set(routes.map(({ id }) => id)).size).toBe(4);
});

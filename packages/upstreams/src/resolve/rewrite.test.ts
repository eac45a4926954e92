import { describe, expect, test } from '@jest/globals';
import { load, placesOf, tableOf } from '../../test-support/load.ts';
import { expandTemplate } from './go-template.ts';

function rewrite(from: string, to: string): string {
  return `- service: apps\n  default:\n    type: rewrite\n    from: ${JSON.stringify(from)}\n    to: ${JSON.stringify(to)}\n`;
}

describe('a rewrite route', () => {
  test.each([
    [
      '^(.*)\\.example\\.com$',
      'http://$1.internal/x?q=$1',
      'wiki.example.com',
      'http://wiki.internal',
      '/x',
      'q=wiki',
    ],
    [
      '^(?P<app>\\w+)--(?P<env>\\w+)\\.e\\.com$',
      '${app}.$env:8080',
      'a--dev.e.com',
      'https://a.dev:8080',
      '',
      '',
    ],
    ['(\\w+)\\.EXAMPLE\\.com', 'http://$1', 'wiki.example.com', 'http://wiki', '', ''],
    ['(?i)(\\pL+)\\.example\\.com\\z', 'http://${1}x', 'wiki.example.com', 'http://wikix', '', ''],
  ])('%s to %s', (from, to, host, origin, basePath, query) => {
    expect(tableOf(rewrite(from, to)).match(host, undefined)?.target).toEqual({
      origin,
      basePath,
      query,
      madeByHost: true,
    });
  });

  test('matches the whole host or not at all', () => {
    const table = tableOf(rewrite('h\\.com', 'http://internal'));
    expect(table.match('h.com', undefined)).toBeDefined();
    expect(table.match('zzh.com.evil', undefined)).toBeUndefined();
    expect(table.match('h.com.evil', undefined)).toBeUndefined();
  });

  test('does not see the port, unless its pattern asks for one', () => {
    expect(tableOf(rewrite('(.*)\\.e\\.com', '$1')).match('a.e.com', 4180)?.target?.origin).toBe('https://a');
    const withPort = tableOf(rewrite('^(\\w+)\\.localhost:4180$', 'http://$1'));
    expect(withPort.match('wiki.localhost', 4180)?.target?.origin).toBe('http://wiki');
    expect(withPort.match('wiki.localhost', undefined)).toBeUndefined();
  });

  test('reads $1x as Go does, as the group named 1x, with a warning', () => {
    const result = load(rewrite('(.*)\\.e\\.com', 'http://a$1x.internal'));
    expect(result.diagnostics).toMatchObject([
      { code: 'LK308', line: 5, column: 9, message: expect.stringContaining('write `${1}x`') },
    ]);
    expect(result.table?.match('b.e.com', undefined)?.target?.origin).toBe('http://a.internal');
  });

  test.each(['a:b', 'a@b', 'a/b', 'a b', ''])('never takes %j for a host', (host) => {
    expect(tableOf(rewrite('(.*)', 'http://$1.internal')).match(host, undefined)).toBeUndefined();
  });

  test.each([
    ['http://$1', 'wiki', true],
    ['http://$1.internal', 'wiki', true],
    ['http://internal:80$1', '80', true],
    ['http://10.0.0.$1', '7', true],
    ['http://$1.internal', '7', true],
    ['http://internal/$1?q=$1', 'wiki', undefined],
    ['http://internal', 'wiki', undefined],
    ['http://a$2.internal', 'wiki', undefined],
  ])('to %s says of %s whether the host had a part in the origin: %s', (to, label, madeByHost) => {
    const target = tableOf(rewrite('^(.*)\\.e\\.com$', to)).match(`${label}.e.com`, undefined)?.target;
    expect(target?.madeByHost).toBe(madeByHost);
  });

  test('has no target where the template gives no address for this host', () => {
    const table = tableOf(rewrite('^(.*)\\.e\\.com$', 'http://internal:$1'));
    expect(table.match('8080.e.com', undefined)?.target?.origin).toBe('http://internal:8080');
    expect(table.match('wiki.e.com', undefined)).toMatchObject({ route: { service: 'apps' } });
    expect(table.match('wiki.e.com', undefined)?.target).toBeUndefined();
  });

  test.each([
    ['a look-ahead', '^(?!admin)(.*)$', 'http://$1', 'LK307 4:11'],
    ['a back-reference', '^(a)\\1$', 'http://$1', 'LK307 4:11'],
    ['a template that can never be an address', '(.*)', 'ftp://$1', 'LK306 5:9'],
    ['credentials in the template', '(.*)', 'http://a:b@$1', 'LK306 5:9'],
  ])('%s is an error', (_, from, to, place) => {
    const result = load(rewrite(from, to));
    expect(placesOf(result)).toEqual([place]);
    expect(result.table).toBeUndefined();
  });
});

describe("a template is expanded as Go's regexp.Expand does", () => {
  const groups = new Map<string | number, string>([
    [0, 'all'],
    [1, 'one'],
    ['name', 'word'],
  ]);

  test.each([
    ['$1', 'one'],
    ['${1}x', 'onex'],
    ['$1x', ''],
    ['$1-x', 'one-x'],
    ['$0', 'all'],
    ['$name.$nam', 'word.'],
    ['$$1', '$1'],
    ['$', '$'],
    ['a$', 'a$'],
    ['$-', '$-'],
    ['${1', '${1'],
    ['${}', '${}'],
    ['${1 }', '${1 }'],
    ['$01', ''],
    ['$9', ''],
  ])('%s becomes %j', (template, expanded) => {
    expect(expandTemplate(template, (name) => groups.get(name))).toBe(expanded);
  });
});

test('a host name never makes a Unix socket of what is written as something else', () => {
  const { table } = load(rewrite('^(\\w+)\\.example\\.com$', '${1}nix:/run/app.sock'));
  expect(table?.match('u.example.com', undefined)?.target).toBeUndefined();
});

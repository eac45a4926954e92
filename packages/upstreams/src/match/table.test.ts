import { describe, expect, test } from '@jest/globals';
import { load, placesOf, tableOf } from '../../test-support/load.ts';
import { servesPort } from './table.ts';

function services(...routes: Array<{ from: string; type?: string; name?: string }>): string {
  return routes
    .map(({ from, type = 'simple', name }, index) => {
      const service = name ?? `s${index}`;
      return `- service: ${service}\n  default: {from: ${JSON.stringify(from)}, to: http://${service}, type: ${type}}\n`;
    })
    .join('');
}

describe('which route a host has', () => {
  const table = tableOf(
    services(
      { from: '.*\\.example\\.com', type: 'rewrite' },
      { from: 'a.example.com' },
      { from: 'a.example.com:4180' },
      { from: 'b\\..*', type: 'rewrite' },
      { from: 'apps.example.com', type: 'rewrite' },
      { from: 'c\\.example\\.org:8443', type: 'rewrite' },
    ),
  );

  test.each([
    ['a host with its port', 'a.example.com', 4180, 's2'],
    ['a host, whatever its port', 'a.example.com', 4181, 's1'],
    ['a host before all patterns', 'a.example.com', undefined, 's1'],
    ['the first pattern that matches', 'b.example.com', undefined, 's0'],
    ['a later pattern', 'b.example.org', undefined, 's3'],
    ['nothing', 'c.example.org', undefined, undefined],
    ['nothing for a name that every object has', 'constructor', undefined, undefined],
  ])('%s', (_, host, port, service) => {
    expect(table.match(host, port)?.route.service).toBe(service);
  });

  test.each([
    ['that it names', 'a.example.com', 4180, true],
    ['that its pattern names', 'c.example.org', 8443, true],
    ['that it does not name', 'a.example.com', 4181, false],
    ['that its pattern does not name', 'b.example.com', 4181, false],
    ['at which all are', 'a.example.com', 443, true],
    ['that is not written at all', 'a.example.com', undefined, true],
  ])('is served at a port %s', (_, host, port, served) => {
    const match = table.match(host, port);
    expect(match && servesPort(match, port, [443])).toBe(served);
  });

  test('a launcher has no target and needs no to', () => {
    const apps = tableOf('- service: apps\n  default: {from: apps.example.com, type: launcher}\n');
    expect(apps.match('apps.example.com', undefined)).toMatchObject({ route: { kind: 'launcher' } });
    expect(apps.match('apps.example.com', undefined)?.target).toBeUndefined();
    expect(placesOf(load(services({ from: 'apps.example.com', type: 'launcher' })))).toEqual(['LK312 2:43']);
  });
});

describe('two routes for one host', () => {
  test.each([
    ['the same host', 'a.example.com', 'a.example.com', 'simple'],
    ['in another case', 'a.example.com', 'A.Example.com', 'simple'],
    ['with a dot at its end', 'a.example.com', 'a.example.com.', 'simple'],
    ['with the default port', 'a.example.com', 'https://a.example.com:443', 'simple'],
    ['the same pattern', '(.*)', '(.*)', 'rewrite'],
  ])('%s is an error that names both lines', (_, first, second, type) => {
    const result = load(services({ from: first, type }, { from: second, type }));
    expect(placesOf(result)).toEqual(['LK309 4:19']);
    expect(result.diagnostics[0]?.message).toContain('already leads to "s0" (line 2)');
    expect(result.table).toBeUndefined();
  });

  test('ever so many of them take no longer than as many that differ', () => {
    const same = '- {service: a, default: {from: a.example.com, to: a}}\n'.repeat(20_000);
    const { table, diagnostics } = load(same);
    expect(table).toBeUndefined();
    expect(diagnostics).toHaveLength(10_000);
  });

  test('a host with a port and without are two', () => {
    expect(placesOf(load(services({ from: 'a.example.com' }, { from: 'a.example.com:8080' })))).toEqual([]);
  });
});

describe('the table', () => {
  test('names every group of every rule once, in order, without the wildcard', () => {
    const text = `- {service: a, default: {from: a, to: a, options: {allowed_groups: [z, b]}}}
- {service: b, default: {from: b, to: b, options: {allowed_groups: ["*"]}}}
- {service: c, default: {from: c, to: c, options: {allowed_groups: [b, a]}}}
`;
    expect(tableOf(text).groups).toEqual(['a', 'b', 'z']);
  });

  test('gives every route an id of its own, also where services share a name', () => {
    const routes = tableOf(
      services({ from: 'a', name: 'x' }, { from: 'b', name: 'x' }, { from: 'c', name: 'y' }),
    ).routes;
    expect(routes.map((route) => route.id)).toEqual(['x@a', 'x@b', 'y']);
  });

  test('holds 5 000 routes and finds each of them', () => {
    const table = tableOf(
      services(...Array.from({ length: 5000 }, (_, index) => ({ from: `h${index}.example.com` }))),
    );
    expect(table.routes).toHaveLength(5000);
    expect(
      table.routes.every(({ from, service }) => table.match(from, undefined)?.route.service === service),
    ).toBe(true);
  });
});

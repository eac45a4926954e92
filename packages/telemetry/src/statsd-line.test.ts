import { describe, expect, test } from '@jest/globals';
import { statsdLine } from './statsd-line.ts';

const line = (value: string | number) =>
  statsdLine('sso_proxy.request.duration', 12.5, 'timing', {
    constant: 'service:sso_proxy',
    tags: { method: 'GET', proxy_host: value },
  });

describe('a StatsD line', () => {
  test('has name, value, type and tags', () => {
    expect(line('wiki.example.com')).toBe(
      'sso_proxy.request.duration:12.5|ms|#service:sso_proxy,method:GET,proxy_host:wiki.example.com',
    );
  });

  test.each([
    ['timing', 0.123_456, '0.123|ms'],
    ['timing', 0, '0|ms'],
    ['count', 1, '1|c'],
    ['gauge', 123_456_789, '123456789|g'],
  ] as const)('of a %s of %d says %s', (kind, value, text) => {
    expect(statsdLine('a', value, kind, { constant: 's:x', tags: {} })).toBe(`a:${text}|#s:x`);
  });

  test.each([
    ['wiki.example.com:8443', 'wiki.example.com:8443'],
    [404, '404'],
    ['', ''],
    ['a|c', 'a_c'],
    ['a,method:POST', 'a_method:POST'],
    ['a\nsso_proxy.forged:1|c', 'a_sso_proxy.forged:1_c'],
    ['a\r\0\u2028b', 'a___b'],
    ['#x@1', '_x_1'],
    ['^(.*)\\.apps$', '__.___.apps_'],
    ['straße', 'stra_e'],
  ])('turns the tag value %j into %j: one line stays one line, and one tag one tag', (value, tag) => {
    expect(line(value).split('proxy_host:')[1]).toBe(tag);
    expect(line(value).split('\n')).toHaveLength(1);
  });

  test('is bounded, whatever a route is called', () => {
    expect(line('x'.repeat(10_000)).length).toBeLessThan(300);
  });
});

import { describe, expect, test } from '@jest/globals';
import { withInnerAddress, withInnerConditions, withPublicAddress } from './location.ts';

const app = { origin: 'http://10.0.0.5:8080', basePath: '', query: '' };
const below = { ...app, basePath: '/base' };
const atDefaultPort = { ...app, origin: 'https://wiki.internal' };
const wiki = 'https://wiki.example.com';

describe('an address of the application', () => {
  test.each([
    ['http://10.0.0.5:8080/login?a=%2F#b', app, `${wiki}/login?a=%2F#b`],
    ['HTTP://10.0.0.5:8080//x/../y', app, `${wiki}//x/../y`],
    ['http://10.0.0.5:8080', app, `${wiki}/`],
    ['http://10.0.0.5:8080?a', app, `${wiki}/?a`],
    ['//10.0.0.5:8080/a', app, `${wiki}/a`],
    ['https://WIKI.internal:443/\xDC', atDefaultPort, `${wiki}/\xDC`],
    ['http://10.0.0.5:8080/base/a', below, `${wiki}/a`],
    ['http://10.0.0.5:8080/base', below, `${wiki}/`],
    ['http://10.0.0.5:8080/base?a', below, `${wiki}/?a`],
    ['5; url=http://10.0.0.5:8080/a', app, `5; url=${wiki}/a`],
    ['0;URL="http://10.0.0.5:8080"', app, `0;URL="${wiki}/"`],
    ['0;URL="http://10.0.0.5:8080/a"', app, `0;URL="${wiki}/a"`],
  ])('%s is the public one', (value, target, expected) => {
    expect(withPublicAddress(value, target, wiki)).toBe(expected);
  });
});

describe('left as it came is', () => {
  test.each([
    ['a path', '/login', app],
    ['nothing', '', app],
    ['another host', 'http://10.0.0.50:8080/', app],
    ['another port', 'http://10.0.0.5/', app],
    ['another scheme', 'https://10.0.0.5:8080/', app],
    ['a host that begins like it', 'http://10.0.0.5:8080.evil.example/', app],
    ['an address behind a name', 'http://10.0.0.5:8080@evil.example/', app],
    ['an address with a name', 'http://me@10.0.0.5:8080/', app],
    ['what readers split differently', 'http://10.0.0.5:8080\\@evil.example/', app],
    ['what is no address', 'http://[/', app],
    ['what is beside the path of `to`', 'http://10.0.0.5:8080/other', below],
    ['what begins like the path of `to`', 'http://10.0.0.5:8080/baseline', below],
    ['one within another', 'http://else/?to=http://10.0.0.5:8080/', app],
  ])('%s: %s', (_, value, target) => {
    expect(withPublicAddress(value, target, wiki)).toBe(value);
  });
});

describe('where a resource is moved to', () => {
  const secure = { ...app, origin: 'https://10.0.0.5:8443' };

  test.each([
    [`${wiki}/a%2Fb?c`, app, 'http://10.0.0.5:8080/a%2Fb?c'],
    ['HTTPS://WIKI.example.com:443//a/../b', app, 'http://10.0.0.5:8080//a/../b'],
    [wiki, app, 'http://10.0.0.5:8080/'],
    [`${wiki}?a`, below, 'http://10.0.0.5:8080/base/?a'],
    [`${wiki}/a`, below, 'http://10.0.0.5:8080/base/a'],
    [`${wiki}/a`, secure, 'https://10.0.0.5:8443/a'],
    ['/a', app, '/a'],
    ['/a?b', below, '/base/a?b'],
  ])('%s arrives as the application knows it', (value, target, expected) => {
    const host = target.origin.slice(target.origin.indexOf('//') + 2);
    expect(withInnerAddress(value, { target, host }, wiki)).toBe(expected);
  });

  test('arrives with the public name where the application knows that', () => {
    const inner = withInnerAddress(`${wiki}/a`, { target: app, host: 'wiki.example.com' }, wiki);
    expect(inner).toBe('http://wiki.example.com/a');
  });

  test.each([
    ['another host', 'https://wiki.example.com.evil.example/a'],
    ['another scheme', 'http://wiki.example.com/a'],
    ['an address behind a name', 'https://wiki.example.com@evil.example/'],
    ['an address of the application', 'http://10.0.0.5:8080/other'],
    ['what readers split differently', 'https://wiki.example.com\\@evil.example/'],
    ['a fragment', '/a#b'],
    ['nothing', ''],
  ])('%s is left as it came, and not said at all where the route leads below a path', (_, value) => {
    expect(withInnerAddress(value, { target: app, host: 'a' }, wiki)).toBe(value);
    expect(withInnerAddress(value, { target: below, host: 'a' }, wiki)).toBeUndefined();
  });

  test.each(['/../b', `${wiki}/a/%2e%2e/b`, `${wiki}/..?a`])('%s does not lead out of a path', (value) => {
    expect(withInnerAddress(value, { target: below, host: 'a' }, wiki)).toBeUndefined();
  });
});

describe('the conditions of a request', () => {
  const tell = (value: string, target = app) =>
    withInnerConditions(value, { target, host: '10.0.0.5:8080' }, wiki);

  test.each([
    [`<${wiki}/a> (<urn:uuid:1>)`, '<http://10.0.0.5:8080/a> (<urn:uuid:1>)'],
    [
      `<${wiki}/a>(<urn:uuid:1> ["a"])(Not <DAV:no-lock>) <${wiki}/b%20c> (["b"])`,
      '<http://10.0.0.5:8080/a>(<urn:uuid:1> ["a"])(Not <DAV:no-lock>) <http://10.0.0.5:8080/b%20c> (["b"])',
    ],
    ['</a> (<urn:uuid:1>)', '</a> (<urn:uuid:1>)'],
  ])('%s are about the resources as the application knows them', (value, expected) => {
    expect(tell(value)).toBe(expected);
  });

  test('are about what is below the path of `to`', () => {
    expect(tell(`</a> (<urn:uuid:1>) <${wiki}/b> (["b"])`, below)).toBe(
      '</base/a> (<urn:uuid:1>) <http://10.0.0.5:8080/base/b> (["b"])',
    );
  });

  test.each([
    `(<${wiki}/a> ["${wiki}"])`,
    `(["<${wiki}/a>) <${wiki}/a>"]) (["b"])`,
    '<https://elsewhere.example/a> (<urn:uuid:1>)',
    `<${wiki}/a`,
    '"<(',
    '',
  ])('%s is left as it came', (value) => {
    expect(tell(value)).toBe(value);
    expect(tell(value, below)).toBe(value);
  });

  test.each(['(', '<', '"', '("', '(<', '"<('])('%s over and over takes no time', (piece) => {
    const value = piece.repeat(100_000);
    const startedAt = performance.now();
    expect(tell(value)).toHaveLength(value.length);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

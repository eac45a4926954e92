import { describe, expect, test } from '@jest/globals';
import { canonicalAuthority, canonicalHost } from './host.ts';

describe('a Host header', () => {
  test.each([
    ['wiki.example.com', 'wiki.example.com', undefined],
    ['WIKI.Example.COM', 'wiki.example.com', undefined],
    ['wiki.example.com.', 'wiki.example.com', undefined],
    ['WIKI.example.com.:8443', 'wiki.example.com', 8443],
    ['wiki.example.com:443', 'wiki.example.com', 443],
    ['wiki.example.com:00080', 'wiki.example.com', 80],
    ['wiki.example.com:65535', 'wiki.example.com', 65_535],
    ['localhost:4180', 'localhost', 4180],
    ['a_b.example.com', 'a_b.example.com', undefined],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example', undefined],
    ['127.0.0.1:80', '127.0.0.1', 80],
    ['[::1]', '[::1]', undefined],
    ['[2001:DB8::A]:8080', '[2001:db8::a]', 8080],
    ['[::ffff:10.0.0.1]', '[::ffff:10.0.0.1]', undefined],
  ])('%j is %s with port %p', (header, host, port) => {
    expect(canonicalAuthority(header)).toEqual({ host, port });
  });

  test.each([
    [''],
    ['.'],
    ['..'],
    [':80'],
    ['wiki..example.com'],
    ['wiki.example.com..'],
    ['.wiki.example.com'],
    ['-wiki.example.com'],
    ['wiki.example.com:'],
    ['wiki.example.com:0'],
    ['wiki.example.com:000'],
    ['wiki.example.com:65536'],
    ['wiki.example.com:99999999'],
    ['wiki.example.com:-1'],
    ['wiki.example.com:+80'],
    ['wiki.example.com:80a'],
    ['wiki.example.com:80:80'],
    ['somebody@wiki.example.com'],
    ['somebody:secret@wiki.example.com'],
    ['wiki.example.com/path'],
    ['wiki.example.com?x'],
    ['wiki.example.com#x'],
    ['wiki.example.com\\evil.example'],
    ['http://wiki.example.com'],
    ['wiki.example.com, evil.example'],
    ['wiki.example.com evil.example'],
    [' wiki.example.com'],
    ['wiki.example.com\n'],
    ['wiki%2eexample.com'],
    ['wiki\u0000.example.com'],
    ['wïki.example.com'],
    ['*.example.com'],
    ['::1'],
    ['[::1'],
    ['::1]'],
    ['[]'],
    ['[::1].'],
    ['[::1]x'],
    ['[fe80::1%25eth0]'],
    ['[wiki.example.com]'],
    [`${'a'.repeat(64)}.example.com`],
    [`${'a.'.repeat(127)}com`],
  ])('%j is no host', (header) => {
    expect(canonicalAuthority(header)).toBeUndefined();
  });

  test('a long row of labels is refused quickly', () => {
    expect(canonicalAuthority(`${'a.'.repeat(30_000)}!`)).toBeUndefined();
  });
});

describe('a host name', () => {
  test('folds letter case and the trailing dot', () => {
    expect(canonicalHost('WIKI.Example.com.')).toBe('wiki.example.com');
  });

  test.each([['wiki.example.com:80'], ['wiki..com'], ['']])('%j is none', (name) => {
    expect(canonicalHost(name)).toBeUndefined();
  });

  test('a letter outside ASCII that folds into ASCII makes no host: KELVIN SIGN is not k', () => {
    expect(canonicalHost('wi\u212Ai.example.com')).toBeUndefined();
  });
});

import { describe, expect, test } from '@jest/globals';
import { limitedBy } from './limited-by.ts';

function keyOf(client: string, peer = client, headers: Record<string, string> = {}): string | undefined {
  return limitedBy({ headers, socket: { remoteAddress: peer } }, client);
}

describe('what a request counts under', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::2:3:4:5:6:7', '1:0:2:3::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('is for %j %j', (client, key) => {
    expect(keyOf(client)).toBe(key);
  });

  test('is the address behind a trusted load balancer', () => {
    expect(keyOf('203.0.113.7', '::ffff:10.0.0.9', { 'x-forwarded-for': '203.0.113.7' })).toBe('203.0.113.7');
    expect(keyOf('10.8.0.4', '10.0.0.9', { 'x-forwarded-for': '10.8.0.4' })).toBe('10.8.0.4');
  });

  test.each(['10.0.0.9', '::ffff:172.16.0.1', '127.0.0.1', '::1', 'fd00::5'])(
    'is nothing for %s, which forwards for others and is not trusted',
    (peer) => {
      const client = peer.replace('::ffff:', '');
      expect(keyOf(client, peer, { 'x-forwarded-for': '203.0.113.7' })).toBeUndefined();
      expect(keyOf(client, peer, { forwarded: 'for=203.0.113.7' })).toBeUndefined();
      expect(keyOf(client, peer)).toBeDefined();
    },
  );

  test.each(['127.0.0.1', '::ffff:127.0.0.1', '203.0.113.7, 127.0.0.1'])(
    'is the address inside for what says that it forwards for itself: %s',
    (list) => {
      expect(keyOf('127.0.0.1', '127.0.0.1', { 'x-forwarded-for': list })).toBe('127.0.0.1');
      expect(keyOf('127.0.0.1', '127.0.0.1', { 'x-forwarded-for': `${list}, 10.0.0.9` })).toBeUndefined();
    },
  );

  test('is the address of the client that comes from the internet, whatever it writes', () => {
    expect(keyOf('203.0.113.7', '203.0.113.7', { 'x-forwarded-for': '1.2.3.4' })).toBe('203.0.113.7');
  });
});

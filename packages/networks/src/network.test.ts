import { describe, expect, test } from '@jest/globals';
import { plainAddress } from './address.ts';
import { coverInternet, inNetworks, meantNetwork, networkText, readNetwork } from './network.ts';

function networks(...texts: string[]) {
  return texts.map(readNetwork).filter((network) => network !== undefined);
}

describe('an address has one spelling', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:0a00:0001', '10.0.0.1'],
    ['0:0:0:0:0:ffff:a00:1', '10.0.0.1'],
    ['2001:DB8:0:0:0:0:0:5', '2001:db8::5'],
    ['::', '::'],
    ['::1', '::1'],
    ['::10.0.0.1', '::10.0.0.1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
  ])('%s is %s', (text, address) => {
    expect(plainAddress(text)).toBe(address);
  });

  test.each(['', '10.0.0', '10.0.0.256', '010.0.0.1', '10.0.0.1:80', '[::1]', 'a', '::ffff:10.0.0.0/104'])(
    '%j is none',
    (text) => {
      expect(plainAddress(text)).toBeUndefined();
    },
  );
});

describe('a range', () => {
  test.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['10.0.0.1', '10.0.0.1/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['FD00::/8', 'fd00::/8'],
    ['::1', '::1/128'],
    ['::/0', '::/0'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:a00:0/104', '10.0.0.0/8'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
    ['::ffff:10.0.0.1', '10.0.0.1/32'],
  ])('%s is read as %s', (text, network) => {
    expect(networks(text).map(networkText)).toEqual([network]);
  });

  test.each([
    ['::ffff:10.0.0.0/8', '10.0.0.0/8'],
    ['::ffff:a00:0/8', '10.0.0.0/8'],
    ['::ffff:0:0/0', '0.0.0.0/0'],
    ['::ffff:10.0.0.0/95', undefined],
    ['10.0.0.0/33', undefined],
    ['10.0.0.0/08', undefined],
    ['10.0.0.0/', undefined],
    ['10.0.0.0/8/8', undefined],
    ['::/129', undefined],
    ['::ffff:10.0.0.0/129', undefined],
    ['fe80::1%eth0/64', undefined],
    ['example.com/8', undefined],
    ['', undefined],
  ])('%j is none, and meant was %s', (text, meant) => {
    expect(readNetwork(text)).toBeUndefined();
    const network = meantNetwork(text);
    expect(network && networkText(network)).toBe(meant);
  });
});

describe('whether an address lies in ranges', () => {
  test.each([
    [
      '10.0.0.0/8',
      ['10.1.2.3', '::ffff:10.1.2.3', '::ffff:a01:203'],
      ['11.0.0.0', '::ffff:b00:0', '::1', ''],
    ],
    ['::ffff:10.0.0.0/104', ['10.1.2.3', '::ffff:a01:203'], ['8.8.8.8', '::ffff:8.8.8.8']],
    ['::/64', ['::1', '::10.0.0.1'], ['8.8.8.8', '::ffff:8.8.8.8']],
    ['::/0', ['::1', '2001:db8::1', 'fe80::1%eth0'], ['8.8.8.8', '::ffff:8.8.8.8', 'localhost']],
    ['0.0.0.0/0', ['8.8.8.8', '::ffff:808:808'], ['::1', '64:ff9b::808:808']],
  ])('%s', (range, inside, outside) => {
    const isInside = inNetworks(networks(range));

    expect(inside.filter((address) => !isInside(address))).toEqual([]);
    expect(outside.filter((address) => isInside(address))).toEqual([]);
  });
});

describe('half the internet', () => {
  test.each([
    [['0.0.0.0/0'], true],
    [['::/0'], true],
    [['2000::/3'], true],
    [['::ffff:0:0/96'], true],
    [['0.0.0.0/1', '128.0.0.0/1'], true],
    [['0.0.0.0/2', '64.0.0.0/2'], true],
    [['2000::/4', '3000::/4'], true],
    [['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fe80::/10'], false],
    [[], false],
  ])('is in %j: %p', (ranges, covers) => {
    expect(coverInternet(networks(...ranges))).toBe(covers);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { LocalAddressError, isLocalAddress, lookupElsewhere, refuseLocalLiteral } from './local-addresses.ts';

describe('an address', () => {
  test.each([
    '0.0.0.0',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:aa02',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd20:ce::254',
  ])('%s is local', (address) => {
    expect(isLocalAddress(address)).toBe(true);
  });

  test.each([
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '169.253.255.255',
    '169.255.0.0',
    '128.0.0.1',
    '1.1.1.1',
    '::ffff:10.0.0.1',
    '64:ff9b::10.0.0.1',
    'fd12:3456::1',
    'fec0::1',
    '2001:db8::1',
  ])('%s is where an application may be', (address) => {
    expect(isLocalAddress(address)).toBe(false);
  });
});

describe('what nobody looks up', () => {
  test.each(['127.0.0.1', '[::1]', '::1', '[::ffff:7f00:1]'])('%s is refused', (hostname) => {
    expect(refuseLocalLiteral(hostname)).toBeInstanceOf(LocalAddressError);
  });

  test.each(['localhost', '10.0.0.1', '[2001:db8::1]', 'wiki.internal'])('%s is not', (hostname) => {
    expect(refuseLocalLiteral(hostname)).toBeUndefined();
  });
});

describe('what is looked up', () => {
  test.each([{}, { all: true }])(
    'fails where it leads to a local address, asked with %j',
    async (options) => {
      await expect(look('localhost', options)).rejects.toThrow(LocalAddressError);
    },
  );

  test.each([
    [{}, '10.0.0.1'],
    [{ all: true }, [{ address: '10.0.0.1', family: 4 }]],
  ])('gives the address otherwise, asked with %j', async (options, found) => {
    expect(await look('10.0.0.1', options)).toEqual(found);
  });

  test('fails as any other where there is no such name', async () => {
    await expect(look('nobody.invalid', {})).rejects.toMatchObject({ syscall: 'getaddrinfo' });
  });
});

function look(hostname: string, options: LookupOptions): Promise<string | LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookupElsewhere(hostname, options, (error, address) =>
      error === null ? resolve(address) : reject(error),
    );
  });
}

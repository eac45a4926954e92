import { expect, test } from '@jest/globals';
import { isPublicAddress } from './public.ts';

test.each(['1.1.1.1', '93.184.215.14', '172.15.0.1', '172.32.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])(
  '%s is an address of the internet',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.0.1',
  '168.63.129.16',
  '169.254.169.254',
  '169.254.170.2',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.168.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::a9fe:a9fe',
  '2001:0:a9fe:a9fe::1',
  '2002:a9fe:a9fe::1',
  'fe80::1',
  'fe80::1%eth0',
  '2606:4700::1%eth0',
  'fd00:ec2::254',
  'fc00::1',
  'ff02::1',
  'example.com',
  '',
  '127.1',
  '2130706433',
])('%s is none', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

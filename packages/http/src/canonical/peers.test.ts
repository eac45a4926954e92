import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { trustPeers } from './peers.ts';

function requestFrom(peer: string | undefined, ...rawHeaders: string[]): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  return Object.assign(new IncomingMessage(socket), { rawHeaders });
}

const trust = trustPeers(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);

describe('an untrusted peer', () => {
  test('is the client, whatever its headers say', () => {
    const req = requestFrom('203.0.113.9', 'X-Forwarded-For', '10.0.0.1', 'X-Forwarded-Proto', 'https');

    expect(trust.read(req)).toEqual({
      client: '203.0.113.9',
      forwardedFor: '203.0.113.9',
      forwardedProto: undefined,
    });
  });

  test.each([['127.0.0.1'], ['10.0.0.1'], ['::1']])('is also %s, where nobody is configured', (peer) => {
    const req = requestFrom(peer, 'X-Forwarded-For', '203.0.113.9', 'X-Forwarded-Proto', 'https');

    expect(trustPeers([]).read(req)).toEqual({
      client: peer,
      forwardedFor: peer,
      forwardedProto: undefined,
    });
  });

  test('is empty when the connection is closed already and has no address', () => {
    expect(trust.read(requestFrom(undefined, 'X-Forwarded-For', '203.0.113.9')).client).toBe('');
  });
});

describe('the chain that a trusted peer hands over', () => {
  test.each([
    ['the client alone', '203.0.113.9', '203.0.113.9', '203.0.113.9, 10.0.0.1'],
    ['an invention of the client', '1.1.1.1, 203.0.113.9', '203.0.113.9', '203.0.113.9, 10.0.0.1'],
    ['a claim to be trusted', '10.0.0.9, 203.0.113.9', '203.0.113.9', '203.0.113.9, 10.0.0.1'],
    ['a second load balancer', '203.0.113.9, 10.1.1.1', '203.0.113.9', '203.0.113.9, 10.1.1.1, 10.0.0.1'],
    ['nobody but us', '10.2.2.2, 10.1.1.1', '10.2.2.2', '10.2.2.2, 10.1.1.1, 10.0.0.1'],
    ['a port behind the address', '203.0.113.9:51234', '203.0.113.9', '203.0.113.9, 10.0.0.1'],
    ['IPv6', '2001:4860::8', '2001:4860::8', '2001:4860::8, 10.0.0.1'],
    ['IPv6 with a port', '[2001:4860::8]:443', '2001:4860::8', '2001:4860::8, 10.0.0.1'],
    ['IPv6 in brackets', '[2001:4860::8]', '2001:4860::8', '2001:4860::8, 10.0.0.1'],
    ['trusted IPv6', '203.0.113.9, 2001:db8::1', '203.0.113.9', '203.0.113.9, 2001:db8::1, 10.0.0.1'],
    [
      'trusted IPv4 as IPv6',
      '203.0.113.9, ::ffff:10.3.3.3',
      '203.0.113.9',
      '203.0.113.9, 10.3.3.3, 10.0.0.1',
    ],
    [
      'trusted IPv4 as IPv6, in hex',
      '203.0.113.9, ::ffff:a03:303',
      '203.0.113.9',
      '203.0.113.9, 10.3.3.3, 10.0.0.1',
    ],
    ['IPv6 in full', '2001:4860:0:0:0:0:0:8', '2001:4860::8', '2001:4860::8, 10.0.0.1'],
    ['a word', '203.0.113.9, unknown, 10.1.1.1', '10.1.1.1', '10.1.1.1, 10.0.0.1'],
    ['a word at the end', '203.0.113.9, unknown', '10.0.0.1', '10.0.0.1'],
    ['an octet too large', '203.0.113.9, 10.0.0.256', '10.0.0.1', '10.0.0.1'],
    ['an address in octal', '203.0.113.9, 010.0.0.1', '10.0.0.1', '10.0.0.1'],
    ['an empty entry', '203.0.113.9, , 10.1.1.1', '10.1.1.1', '10.1.1.1, 10.0.0.1'],
    ['an empty header', '', '10.0.0.1', '10.0.0.1'],
    ['an IPv6 zone', 'fe80::1%eth0, 10.1.1.1', 'fe80::1%eth0', 'fe80::1%eth0, 10.1.1.1, 10.0.0.1'],
  ])('with %s', (_, header, client, forwardedFor) => {
    const caller = trust.read(requestFrom('10.0.0.1', 'X-Forwarded-For', header));

    expect(caller).toEqual({ client, forwardedFor, forwardedProto: undefined });
  });

  test('is one chain when it comes in several headers', () => {
    const req = requestFrom('10.0.0.1', 'x-forwarded-for', '1.1.1.1', 'X-FORWARDED-FOR', '203.0.113.9');

    expect(trust.read(req).client).toBe('203.0.113.9');
  });

  test('is not looked for under another spelling of the name', () => {
    expect(trust.read(requestFrom('10.0.0.1', 'X_Forwarded_For', '1.1.1.1')).client).toBe('10.0.0.1');
  });

  test('may be missing', () => {
    expect(trust.read(requestFrom('10.0.0.1')).client).toBe('10.0.0.1');
  });
});

describe('a peer is recognised', () => {
  test.each([
    ['192.0.2.7'],
    ['::ffff:192.0.2.7'],
    ['::FFFF:192.0.2.7'],
    ['::ffff:c000:207'],
    ['10.255.255.255'],
    ['2001:db8::5'],
  ])('as %s', (peer) => {
    expect(trust.read(requestFrom(peer, 'X-Forwarded-For', '203.0.113.9')).client).toBe('203.0.113.9');
  });

  test.each([['192.0.2.8'], ['11.0.0.0'], ['2001:db9::5'], ['::ffff:192.0.2.8']])('not as %s', (peer) => {
    expect(trust.read(requestFrom(peer, 'X-Forwarded-For', '1.1.1.1')).client).not.toBe('1.1.1.1');
  });
});

describe('the scheme that a trusted peer hands over', () => {
  test.each([
    [['https'], 'https'],
    [['http'], 'http'],
    [['HTTPS'], undefined],
    [['https,http'], undefined],
    [['wss'], undefined],
    [[''], undefined],
    [[], undefined],
    [['https', 'https'], undefined],
    [['http', 'https'], undefined],
  ])('%j is %p', (values, expected) => {
    const headers = values.flatMap((value) => ['X-Forwarded-Proto', value]);

    expect(trust.read(requestFrom('10.0.0.1', ...headers)).forwardedProto).toBe(expected);
  });
});

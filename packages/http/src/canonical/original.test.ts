import { describe, expect, test } from '@jest/globals';
import { originalRequest } from './original.ts';

type Fields = readonly (readonly [name: string, value: string])[];

function read(fields: Fields) {
  const headers = Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value]));
  const rawHeaders = [['Host', 'latchkey:4180'], ...fields].flat();
  return originalRequest({ method: 'GET', url: '/oauth2/auth', headers, rawHeaders });
}

const traefik = {
  'X-Forwarded-Method': 'POST',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-Host': 'wiki.example.com',
  'X-Forwarded-Uri': '/d%2F1?x=2',
};
const nginx = { 'X-Original-Method': 'POST', 'X-Original-URL': 'https://wiki.example.com/d%2F1?x=2' };
const wiki = { method: 'POST', url: '/d%2F1?x=2' };

describe('which request is asked about', () => {
  test.each([
    ['as Traefik and Caddy say it', traefik],
    ['as nginx says it', nginx],
    ['in both ways, if they say the same', { ...traefik, ...nginx }],
    ['in another spelling of the host', { ...nginx, 'X-Forwarded-Host': 'WIKI.example.com.' }],
    ['with the scheme of a WebSocket', { ...traefik, 'X-Forwarded-Proto': 'wss' }],
  ])('is read %s', (_, fields) => {
    const original = read(Object.entries(fields));
    expect(original).toMatchObject({ received: wiki, proto: 'https' });
    if (typeof original === 'string') return;
    const { rawHeaders } = original.received;
    expect(rawHeaders.filter((name) => name.toLowerCase() === 'host')).toHaveLength(1);
    expect(rawHeaders.slice(-2)).toEqual(['Host', 'wiki.example.com']);
  });

  test('need not say how the browser came', () => {
    const { 'X-Forwarded-Proto': _, ...others } = traefik;
    expect(read(Object.entries(others))).toMatchObject({ received: wiki, proto: undefined });
  });
});

describe('what has no reading, or two', () => {
  test.each([
    ['nothing', {}],
    ['a host alone', { 'X-Forwarded-Host': 'wiki.example.com', 'X-Forwarded-Proto': 'https' }],
    ['underscores', { X_Forwarded_Uri: '/public/', X_Original_URL: 'https://wiki.example.com/public/' }],
  ])('%s says nothing', (_, fields) => {
    expect(read(Object.entries(fields))).toBe('no original request');
  });

  test.each(['X-Forwarded-Method', 'X-Forwarded-Host', 'X-Forwarded-Uri'])(
    'without %s it is said in part',
    (name) => {
      expect(read(Object.entries(traefik).filter(([given]) => given !== name))).toBe(
        'incomplete original request',
      );
    },
  );

  test.each(Object.entries({ ...traefik, ...nginx }))('%s is said twice', (name, value) => {
    const fields = Object.entries({ ...traefik, ...nginx });
    expect(read([...fields, [name.toLowerCase(), value]])).toBe('repeated original request');
  });

  test.each([
    ['X-Forwarded-Uri', '/public/'],
    ['X-Forwarded-Uri', '/d/1?x=2'],
    ['X-Forwarded-Host', 'hello.example.com'],
    ['X-Forwarded-Host', 'wiki.example.com, hello.example.com'],
    ['X-Forwarded-Proto', 'http'],
    ['X-Forwarded-Proto', 'https, http'],
    ['X-Forwarded-Method', 'OPTIONS'],
    ['X-Forwarded-Method', 'post'],
  ])('%s: %s does not agree with the other words', (name, value) => {
    expect(read([...Object.entries(nginx), [name, value]])).toBe('conflicting original request');
  });

  test.each([
    ['a relative address', { ...traefik, 'X-Forwarded-Uri': 'public/' }],
    [
      'an absolute one in place of a path',
      { ...traefik, 'X-Forwarded-Uri': 'https://wiki.example.com/public/' },
    ],
    ['a blank', { ...traefik, 'X-Forwarded-Uri': '/public/ HTTP/1.1' }],
    ['a tab', { ...traefik, 'X-Forwarded-Uri': '/public/\tx' }],
    ['a method that there is none of', { ...traefik, 'X-Forwarded-Method': 'GET, OPTIONS' }],
    ['another scheme', { ...nginx, 'X-Original-URL': 'file://wiki.example.com/' }],
    ['a path in place of an address', { ...nginx, 'X-Original-URL': '/public/' }],
    ['an address without a path', { ...nginx, 'X-Original-URL': 'https://wiki.example.com?/public/' }],
  ])('%s cannot be read', (_, fields) => {
    expect(read(Object.entries(fields))).toBe('malformed original request');
  });
});

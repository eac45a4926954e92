import { describe, expect, test } from '@jest/globals';
import { createProxyFor } from './proxy-for.ts';

const http = 'http://plain.proxy:3128/';
const https = 'http://secure.proxy:3128/';

function chosen(url: string, options: Parameters<typeof createProxyFor>[0]): string | undefined {
  const { protocol, hostname, port } = new URL(url);
  const isSecure = protocol === 'https:';
  const usual = isSecure ? 443 : 80;
  const host = hostname.replace(/^\[|\]$/g, '');
  return createProxyFor(options)({ isSecure, host, port: Number(port || usual) })?.href;
}

describe('the outgoing proxy', () => {
  test.each([
    ['of plain HTTP', 'http://app.test/', { http, https }, http],
    ['of HTTPS', 'https://app.test/', { http, https }, https],
    ['of the one is not that of the other', 'https://app.test/', { http }, undefined],
    ['of the other is not that of the one', 'http://app.test/', { https }, undefined],
    ['leads to addresses, too', 'http://10.0.0.1/', { http }, http],
    ['does not lead to this machine', 'http://localhost:8080/', { http }, undefined],
    ['does not lead to what is below localhost', 'http://app.localhost/', { http }, undefined],
    ['does not lead to this machine in full', 'http://localhost./', { http }, undefined],
    ['does not lead to loopback', 'http://127.0.0.2/', { http }, undefined],
    ['does not lead to loopback of IPv6', 'http://[::1]/', { http }, undefined],
    ['does not lead to loopback in the other form', 'http://[::ffff:127.0.0.1]/', { http }, undefined],
    ['leads to what only looks like it', 'http://localhost.example.com/', { http }, http],
  ])('%s', (_, url, options, proxy) => {
    expect(chosen(url, options)).toBe(proxy);
  });
});

describe('NO_PROXY', () => {
  test.each([
    ['*', 'http://app.example.com/'],
    ['other.test, *', 'http://app.example.com/'],
    ['app.example.com', 'http://app.example.com/'],
    ['app.example.com', 'http://app.example.com./'],
    ['APP.Example.COM', 'http://app.example.com/'],
    ['example.com', 'http://app.example.com/'],
    ['.example.com', 'http://app.example.com/'],
    ['*.example.com', 'http://app.example.com/'],
    [' other.test , example.com ', 'http://app.example.com/'],
    ['example.com:8080', 'http://app.example.com:8080/'],
    ['example.com:80', 'http://app.example.com/'],
    ['b\u00fccher.example', 'http://shop.b\u00fccher.example/'],
    ['10.0.0.1', 'http://10.0.0.1/'],
    ['10.0.0.1:8080', 'http://10.0.0.1:8080/'],
    ['10.0.0.0/8', 'http://10.1.2.3/'],
    ['::ffff:10.0.0.1', 'http://10.0.0.1/'],
    ['2001:db8::/32', 'http://[2001:db8::5]/'],
    ['2001:DB8:0::5', 'http://[2001:db8::5]/'],
    ['[2001:db8::5]:8080', 'http://[2001:db8::5]:8080/'],
  ])('%j names %s', (except, url) => {
    expect(chosen(url, { http, except })).toBeUndefined();
  });

  test.each([
    ['', 'http://app.example.com/'],
    [',,', 'http://app.example.com/'],
    [':80', 'http://app.example.com/'],
    ['.example.com', 'http://example.com/'],
    ['*.example.com', 'http://example.com/'],
    ['ample.com', 'http://app.example.com/'],
    ['example.com:8080', 'http://app.example.com/'],
    ['example.com:http', 'http://app.example.com/'],
    ['10.0.0.1', 'http://10.0.0.10/'],
    ['10.0.0.1:8080', 'http://10.0.0.1/'],
    ['10.0.0.0/8', 'http://11.0.0.1/'],
    ['0.0.1', 'http://10.0.0.1/'],
    ['10.0.0.0/99', 'http://10.0.0.1/'],
    ['http://app.example.com', 'http://app.example.com/'],
  ])('%j does not name %s', (except, url) => {
    expect(chosen(url, { http, except })).toBe(http);
  });
});

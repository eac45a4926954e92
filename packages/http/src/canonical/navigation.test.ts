import { describe, expect, test } from '@jest/globals';
import {
  isFramed,
  isFromOwnPage,
  isPreflight,
  isReadByPerson,
  isSameOrigin,
  isVisit,
  mayBeRedirected,
} from './navigation.ts';

const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('with Fetch Metadata', () => {
  test.each([
    ['a followed link', 'GET', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, true],
    ['a HEAD of a page', 'HEAD', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, true],
    ['a navigation without a destination', 'GET', { 'sec-fetch-mode': 'navigate' }, true],
    ['a navigation that asks for JSON', 'GET', { 'sec-fetch-mode': 'navigate', accept: '*/*' }, true],
    [
      'one that a service worker passes on',
      'GET',
      { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'empty' },
      true,
    ],
    ['a frame', 'GET', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe', accept: html }, false],
    ['an embedded object', 'GET', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'object' }, false],
    ["a script's fetch", 'GET', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: html }, false],
    ['a same-origin fetch', 'GET', { 'sec-fetch-mode': 'same-origin', accept: html }, false],
    ['an image', 'GET', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', accept: html }, false],
    ['a WebSocket', 'GET', { 'sec-fetch-mode': 'websocket', accept: html }, false],
    ['an unknown mode', 'GET', { 'sec-fetch-mode': 'Navigate', accept: html }, false],
    ['an empty mode', 'GET', { 'sec-fetch-mode': '', accept: html }, false],
    ['a sent form', 'POST', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, false],
  ])('%s', (_, method, headers, expected) => {
    expect(mayBeRedirected(method, headers)).toBe(expected);
  });
});

describe('without Fetch Metadata', () => {
  test.each([
    ['a page', 'GET', { accept: html }, true],
    ['a HEAD of a page', 'HEAD', { accept: html }, true],
    ['HTML among others', 'GET', { accept: 'application/xml, text/html' }, true],
    ['HTML in capitals', 'GET', { accept: 'TEXT/HTML' }, true],
    ['whatever there is', 'GET', { accept: '*/*' }, false],
    ['JSON', 'GET', { accept: 'application/json' }, false],
    ['a type that only ends like HTML', 'GET', { accept: 'x-text/html' }, false],
    ['a type that only starts like HTML', 'GET', { accept: 'text/htmlx' }, false],
    ['no wish at all', 'GET', {}, false],
    ['a script that says so', 'GET', { accept: html, 'x-requested-with': 'XMLHttpRequest' }, false],
    ['a sent form', 'POST', { accept: html }, false],
    ['a PUT', 'PUT', { accept: html }, false],
    ['a method in small letters', 'get', { accept: html }, false],
  ])('%s', (_, method, headers, expected) => {
    expect(mayBeRedirected(method, headers)).toBe(expected);
  });
});

describe('a person reads the answer', () => {
  test.each([
    ['to a page', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, true, false],
    [
      'to a page behind a service worker',
      { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'empty' },
      true,
      false,
    ],
    ['in a frame', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, true, true],
    ['in an embedded object', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'object' }, true, true],
    ['to a form, says an old browser', { accept: html }, true, false],
    ['of a script', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: html }, false, false],
    [
      'of a script, says an old browser',
      { accept: html, 'x-requested-with': 'XMLHttpRequest' },
      false,
      false,
    ],
    ['for an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', accept: html }, false, false],
    ['of a program', { accept: 'application/json' }, false, false],
  ])('%s', (_, headers, isRead, inFrame) => {
    expect([isReadByPerson(headers), isFramed(headers)]).toEqual([isRead, inFrame]);
  });
});

describe('a visit', () => {
  const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

  test('is a navigation, from wherever', () => {
    for (const site of ['none', 'same-origin', 'same-site', 'cross-site']) {
      expect(isVisit('GET', { ...navigation, 'sec-fetch-site': site })).toBe(true);
    }
    expect(isVisit('GET', { accept: html })).toBe(true);
  });

  test.each([
    ['fetched ahead', { ...navigation, 'sec-purpose': 'prefetch' }],
    ['rendered ahead', { ...navigation, 'sec-purpose': 'prefetch;prerender' }],
    ['fetched ahead by an older browser', { accept: html, purpose: 'prefetch' }],
    ['previewed', { accept: html, 'x-purpose': 'preview' }],
    ['fetched ahead by an old Firefox', { accept: html, 'x-moz': 'prefetch' }],
    ['framed', { ...navigation, 'sec-fetch-dest': 'iframe' }],
    ['framed or fetched ahead, and passed on', { ...navigation, 'sec-fetch-dest': 'empty' }],
    ['asked for by a client that takes anything', { accept: '*/*' }],
  ])('is none when the page is %s', (_, headers) => {
    expect(isVisit('GET', headers)).toBe(false);
  });
});

describe('a page of our own', () => {
  const own = 'https://sso.example.com';

  test.each([
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'same-site', origin: own }, false],
    [{ 'sec-fetch-site': 'none', origin: own }, false],
    [{ 'sec-fetch-site': 'same-origin', 'sec-purpose': 'prefetch' }, false],
    [{ origin: own }, true],
    [{ origin: 'https://wiki.example.com' }, false],
    [{ origin: 'null' }, false],
    [{}, false],
  ])('%j', (headers, expected) => {
    expect(isFromOwnPage(headers, own)).toBe(expected);
  });
});

describe('a CORS preflight', () => {
  const marks = { origin: 'https://a.example', 'access-control-request-method': 'PUT' };

  test('bears all three marks', () => {
    expect(isPreflight('OPTIONS', marks)).toBe(true);
    expect(isPreflight('OPTIONS', { ...marks, 'content-length': '0' })).toBe(true);
  });

  test.each([
    ['another method', 'GET', marks],
    ['a method in small letters', 'options', marks],
    ['no Origin', 'OPTIONS', { 'access-control-request-method': 'PUT' }],
    ['no method asked for', 'OPTIONS', { origin: 'https://a.example' }],
    ['neither', 'OPTIONS', {}],
    ['a body', 'OPTIONS', { ...marks, 'content-length': '1' }],
    ['a body in chunks', 'OPTIONS', { ...marks, 'transfer-encoding': 'chunked' }],
    ['a protocol to change to', 'OPTIONS', { ...marks, upgrade: 'websocket' }],
  ])('is none with %s', (_, method, headers) => {
    expect(isPreflight(method, headers)).toBe(false);
  });
});

describe('a WebSocket handshake', () => {
  const own = 'https://wiki.example.com';
  test.each([
    ['of a page of the host', { origin: own }, true],
    ['of such a page in other letters', { origin: 'https://Wiki.example.com' }, true],
    ['of a client that is no browser', {}, true],
    ['of a page elsewhere', { origin: 'https://evil.example' }, false],
    ['of a page below', { origin: 'https://x.wiki.example.com' }, false],
    ['of a sandboxed page', { origin: 'null' }, false],
    ['of a page over plain HTTP', { origin: 'http://wiki.example.com' }, false],
  ])('%s', (_, headers, expected) => {
    expect(isSameOrigin(headers, own)).toBe(expected);
  });
});

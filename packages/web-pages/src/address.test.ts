import { describe, expect, test } from '@jest/globals';
import { cspSourceOf } from './address.ts';

describe('the address of a link or form', () => {
  test.each([
    ['/', "'self'"],
    ['/google/sign_out?a=b#c', "'self'"],
    ['https://sso.example.com/google/sign_out?x=1', 'https://sso.example.com'],
    ['http://wiki.latchkey.localhost:4180/d/1?x=2', 'http://wiki.latchkey.localhost:4180'],
    ['http://[::1]:4180/', 'http://[::1]:4180'],
  ])('%s leads to %s', (address, source) => {
    expect(cspSourceOf(address)).toBe(source);
  });

  test.each([
    ['javascript:alert(1)'],
    [' JavaScript:alert(1)'],
    ['java\nscript:alert(1)'],
    ['data:text/html,<script>alert(1)</script>'],
    ['vbscript:x'],
    ['//evil.example'],
    ['/\\evil.example'],
    ['/\t/evil.example'],
    ['relative'],
    [''],
    ['https://'],
    ["https://a;script-src'unsafe-inline'/"],
  ])('%j is refused', (address) => {
    expect(() => cspSourceOf(address)).toThrow(TypeError);
  });
});

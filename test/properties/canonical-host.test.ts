import { describe, expect, test } from '@jest/globals';
import { canonicalAuthority, canonicalHost } from '@latchkey/http';
import * as fc from 'fast-check';

const label = fc.stringMatching(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,8}[a-zA-Z0-9])?$/);
const dnsName = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const doubtful = fc
  .array(
    fc.constantFrom(
      'a',
      'B',
      '0',
      '.',
      ':',
      '[',
      ']',
      '-',
      '_',
      '@',
      '%',
      '/',
      '\\',
      ',',
      ' ',
      '\u0000',
      'é',
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));
const anything = fc.oneof(
  dnsName,
  doubtful,
  fc.string(),
  fc.ipV6().map((address) => `[${address}]`),
);

describe('for any Host header', () => {
  test('reading the canonical host again changes nothing', () => {
    fc.assert(
      fc.property(anything, (header) => {
        const read = canonicalAuthority(header);
        fc.pre(read !== undefined);

        expect(canonicalAuthority(read.host)).toEqual({ host: read.host, port: undefined });
        expect(canonicalHost(read.host)).toBe(read.host);
      }),
      { numRuns: 800, maxSkipsPerRun: 20 },
    );
  });

  test('a canonical host holds nothing but letters, digits and the marks of a host', () => {
    fc.assert(
      fc.property(anything, (header) => {
        expect(canonicalAuthority(header)?.host ?? 'a').toMatch(/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/);
      }),
      { numRuns: 800 },
    );
  });

  test('letter case, a trailing dot and a port make no other host', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(dnsName, port, (name, number) => {
        const host = name.toLowerCase();

        for (const spelling of [name, name.toUpperCase(), host, `${name}.`]) {
          expect(canonicalAuthority(spelling)).toEqual({ host, port: undefined });
          expect(canonicalAuthority(`${spelling}:${number}`)).toEqual({ host, port: number });
        }
      }),
    );
  });

  test('what a URL parser takes for another host is no host', () => {
    fc.assert(
      fc.property(fc.oneof(dnsName, doubtful), (header) => {
        const read = canonicalAuthority(header);
        const parsed = URL.parse(`http://${header}/`);
        // A number is an IPv4 address to a URL parser, which is a name of no application.
        fc.pre(read !== undefined && parsed !== null && !/(?:^|\.)(?:\d+|0x[\da-f]*)$/.test(read.host));

        expect(parsed.hostname.replace(/\.$/, '')).toBe(read.host);
      }),
      { numRuns: 800, maxSkipsPerRun: 20 },
    );
  });
});

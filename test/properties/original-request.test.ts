import { expect, test } from '@jest/globals';
import { originalRequest } from '@latchkey/http';
import { cases, casesMs } from '@latchkey/testing';
import * as fc from 'fast-check';

// A server in front says which request it asks about, and passes on what its caller wrote under all names but its own.

const truth = { method: 'POST', url: '/private?a=/public/' };
const wordings: readonly (readonly (readonly [name: string, value: string])[])[] = [
  [
    ['X-Original-URL', `https://wiki.example.com${truth.url}`],
    ['X-Original-Method', truth.method],
  ],
  [
    ['X-Forwarded-Host', 'wiki.example.com'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Uri', truth.url],
    ['X-Forwarded-Method', truth.method],
  ],
];
const names = [...new Set(wordings.flat().map(([name]) => name))];

const claim = fc.tuple(
  fc
    .constantFrom(...names)
    .chain((name) =>
      fc.constantFrom(name, name.toLowerCase(), name.toUpperCase(), name.replaceAll('-', '_'), `${name}-`),
    ),
  fc.oneof(
    fc.constantFrom(
      '/public/a',
      truth.url,
      'GET',
      'OPTIONS',
      'POST',
      'http',
      'https',
      'wiki.example.com',
      'hello.example.com',
      'https://wiki.example.com/public/a',
      `https://wiki.example.com${truth.url}`,
      '',
    ),
    fc.string({ maxLength: 20 }),
  ),
);

test(
  'whatever a caller claims, the request that is asked about is the true one, or none can be read',
  () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...wordings),
        fc.array(claim, { maxLength: 4 }),
        fc.array(claim, { maxLength: 4 }),
        (said, before, after) => {
          // What the server in front sets takes the place of what has the same name.
          const set = new Set(said.map(([name]) => name.toLowerCase()));
          const passedOn = (claims: readonly (readonly [string, string])[]) =>
            claims.filter(([name]) => !set.has(name.toLowerCase()));
          const fields = [['Host', 'wiki.example.com'], ...passedOn(before), ...said, ...passedOn(after)];
          const rawHeaders = fields.flat();
          const original = originalRequest({ method: 'GET', url: '/oauth2/auth', headers: {}, rawHeaders });
          if (typeof original !== 'string') {
            expect(original).toMatchObject({ received: truth, proto: 'https' });
            expect(original.received.rawHeaders.slice(-2)).toEqual(['Host', 'wiki.example.com']);
          }
        },
      ),
      { numRuns: cases(600) },
    );
  },
  casesMs,
);

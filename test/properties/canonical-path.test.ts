import { posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { canonicalPath } from '@latchkey/http';
import * as fc from 'fast-check';

// What paths are made of, and what advisories are made of.
const tame = '/ public a B .png - _ ~ %20 %61 %C3%A9 %c3%a9 %E6%97%A5'.split(' ');
const hostile = [
  '// /./ /../ .. . %2e %2E%2e %2f %2F %5c \\ ; %3b ;x=1 ..;',
  '% %25 %252e %252f %2 %zz %00 %0a %09 %7f # %23 ? %3f %c0%af',
  '%E9 %ED%A0%80 %EF%BC%8F %EF%BC%8E %E2%80%A5 %E2%84%AA %CC%81 %C2%85 %E2%81%84 %EF%BC%8F%EF%BC%8E%EF%BC%8E%EF%BC%8F /%E2%80%A5/',
  "admin PUBLIC Public * : @ + & = , ' ( [ ] | ^ {",
].flatMap((row) => row.split(' '));
const join = (parts: readonly string[]) => parts.join('');
const tameTail = fc.array(fc.constantFrom(...tame), { maxLength: 8 }).map(join);
const hostileTail = fc.array(fc.constantFrom(...tame, ...hostile), { maxLength: 8 }).map(join);
const printable = fc.stringMatching(/^[!-~]{0,12}$/);
const tail = fc.oneof(tameTail, hostileTail, printable);
const rawPath = fc.oneof(
  tail.map((rest) => `/${rest}`),
  tail.map((rest) => `/public/${rest}`),
  tail.map((rest) => `/%70ublic/${rest}`),
);
const often = { numRuns: 1_500, maxSkipsPerRun: 30 };

/** Decodes as a lenient server does: what is no escape stays as it is. */
function decodeLeniently(path: string): string {
  return path.replace(/(?:%[\da-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/** What a server behind us may do to a path before it looks at it. */
const readings: Record<string, (path: string) => string> = {
  'decodes once': decodeLeniently,
  'decodes twice': (path) => decodeLeniently(decodeLeniently(path)),
  'takes a backslash for a slash': (path) => path.replaceAll('\\', '/'),
  'cuts parameters off': (path) => path.replace(/;[^/]*/g, ''),
  'merges slashes': (path) => path.replace(/\/{2,}/g, '/'),
  'folds letter case': (path) => path.toLowerCase(),
  'folds compatibility characters': (path) => path.normalize('NFKC'),
  'ends at NUL': (path) => path.split('\u0000')[0] ?? '',
  'cuts query and fragment off': (path) => path.split(/[?#]/)[0] ?? '',
  'resolves dot segments': (path) => posix.normalize(path),
  'reads it as a URL does': (path) => URL.parse(path, 'http://wiki.example.com')?.pathname ?? '',
};

/** As `skip_auth_regex: ^/public/` has it. */
function isPublic(path: string | undefined): boolean {
  return path !== undefined && path.startsWith('/public/');
}

describe('for any path', () => {
  test('reading the canonical path again changes nothing', () => {
    fc.assert(
      fc.property(rawPath, (raw) => {
        const path = canonicalPath(raw);
        fc.pre(path !== undefined);

        expect(canonicalPath(path)).toBe(path);
      }),
      often,
    );
  });

  test('that has a canonical form, every parser reads that form', () => {
    fc.assert(
      fc.property(rawPath, (raw) => {
        const path = canonicalPath(raw);
        fc.pre(path !== undefined);

        expect(decodeURIComponent(decodeURIComponent(raw))).toBe(path);
        expect(posix.normalize(path)).toBe(path);
        const parsed = new URL(raw, 'http://wiki.example.com');
        expect([parsed.host, decodeURIComponent(parsed.pathname), parsed.search, parsed.hash]).toEqual([
          'wiki.example.com',
          path,
          '',
          '',
        ]);
      }),
      often,
    );
  });
});

describe('for any path that a public rule matches', () => {
  const chain = fc.array(fc.constantFrom(...Object.keys(readings)), { minLength: 1, maxLength: 5 });

  test('the rule matches whatever a server behind us makes of the path, in whatever order', () => {
    fc.assert(
      fc.property(rawPath, chain, (raw, steps) => {
        fc.pre(isPublic(canonicalPath(raw)));
        const seen = steps.reduce((path, step) => readings[step]?.(path) ?? path, raw);

        // Whoever resolves nothing decodes in the end, and then opens what the path names.
        expect(isPublic(posix.normalize(decodeLeniently(seen)))).toBe(true);
      }),
      { ...often, numRuns: 3_000 },
    );
  });
});

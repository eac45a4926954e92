import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { decideForAnyone } from '@latchkey/access';
import { canonicalPath } from '@latchkey/http';
import { loadProxySettings } from '@latchkey/settings';
import { loadUpstreams } from '@latchkey/upstreams';
import * as fc from 'fast-check';
import { startUp } from '@latchkey/testing/environments';
import { cases, casesMs } from '@latchkey/testing';

// What paths are made of, and what advisories are made of.
const tame = '/ public a B .png - _ ~ %20 %61 %C3%A9 %c3%a9 %E6%97%A5'.split(' ');
const hostile = [
  '// /./ /../ .. . %2e %2E%2e %2f %2F %5c \\ ; %3b ;x=1 ..;',
  '% %25 %252e %252f %2 %zz %00 %0a %09 %7f # %23 ? %3f %c0%af',
  '%E9 %ED%A0%80 %EF%BC%8F %EF%BC%8E %E2%80%A5 %E2%84%AA %CC%81 %C2%85 %E2%81%84 %EF%BC%8F%EF%BC%8E%EF%BC%8E%EF%BC%8F /%E2%80%A5/',
  '%E2%80%8B ..%E2%80%8B/ .%C2%AD./ ..%C2%85/ %EF%B8%8F %CD%8F %E1%85%9F %F3%A0%80%A0 %E2%80%A8 %C2%A0 %EE%80%80',
  '%E3%80%82 /%E3%80%82%E3%80%82/ %EF%BD%A1 %E2%80%A4 %EF%B9%92 %E2%88%95 %E2%A7%B8 %E2%88%96 %C2%A5 %E2%82%A9',
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
  tail.map((rest) => `/foo/${rest}/bar`),
);
const often = { numRuns: cases(1_500), maxSkipsPerRun: 30 };

/** Decodes as a lenient server does: what is no escape stays as it is. */
function decodeLeniently(path: string): string {
  return path.replace(/(?:%[\da-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

// As code pages of Windows and of East Asia, IDNA (UTS #46) and careless tables of look-alikes have them.
const writtenAs: Record<string, string> = {
  ...Object.fromEntries(Array.from('\u3002\uff61\uff0e\u2024\ufe52', (dot) => [dot, '.'])),
  ...Object.fromEntries(Array.from('\u2044\u2215\u29f8\u2571\uff0f', (slash) => [slash, '/'])),
  ...Object.fromEntries(Array.from('\u00a5\u20a9\u2216\u29f5\u29f9\uff3c', (sign) => [sign, '\\'])),
};

/** What a server behind us may do to a path before it looks at it. */
const readings: Record<string, (path: string) => string> = {
  'decodes once': decodeLeniently,
  'decodes twice': (path) => decodeLeniently(decodeLeniently(path)),
  'takes a backslash for a slash': (path) => path.replaceAll('\\', '/'),
  'cuts parameters off': (path) => path.replace(/;[^/]*/g, ''),
  'merges slashes': (path) => path.replace(/\/{2,}/g, '/'),
  'folds letter case': (path) => path.toLowerCase(),
  'folds compatibility characters': (path) => path.normalize('NFKC'),
  'leaves out what nobody sees': (path) => path.replace(/[\p{Cc}\p{Cf}\p{DI}\p{Zl}\p{Zp}]/gu, ''),
  'leaves out what it does not know': (path) => path.replace(/[\p{Co}\p{Cn}]/gu, ''),
  'trims every blank': (path) => path.replace(/[\s\p{Z}]+(?=\/|$)/gu, ''),
  'finds the closest character of its own code page': (path) =>
    Array.from(path, (character) => writtenAs[character] ?? character).join(''),
  'ends at NUL': (path) => path.split('\u0000')[0] ?? '',
  'cuts query and fragment off': (path) => path.split(/[?#]/)[0] ?? '',
  'resolves dot segments': (path) => posix.normalize(path),
  'reads it as a URL does': (path) => URL.parse(path, 'http://wiki.example.com')?.pathname ?? '',
};

const { table } = loadUpstreams({
  ...startUp(
    loadProxySettings({
      PROVIDER_URL_EXTERNAL: 'https://sso.example.com',
      CLIENT_ID: 'proxy',
      CLIENT_SECRET: randomBytes(32).toString('base64'),
      SESSION_COOKIE_SECRET: randomBytes(32).toString('base64'),
    }),
  ).upstream,
  file: 'test.yml',
  text: "- {service: wiki, default: {from: wiki.example.com, to: wiki, options: {allowed_groups: [a], skip_auth_regex: ['^/public/', '^/foo/.*/bar$']}}}",
});
const policy = table?.routes[0]?.policy;

/** What a rule that grants makes of a path, as the proxy asks it. */
function isPublic(path: string | undefined): boolean {
  return policy !== undefined && decideForAnyone(policy, { path, preflight: false })?.allow === true;
}

describe('for any path', () => {
  test(
    'reading the canonical path again changes nothing',
    () => {
      fc.assert(
        fc.property(rawPath, (raw) => {
          const path = canonicalPath(raw);
          fc.pre(path !== undefined);

          expect(canonicalPath(path)).toBe(path);
        }),
        often,
      );
    },
    casesMs,
  );

  test(
    'that has a canonical form, every parser reads that form',
    () => {
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
    },
    casesMs,
  );
});

describe('for any path that a public rule matches', () => {
  const chain = fc.array(fc.constantFrom(...Object.keys(readings)), { minLength: 1, maxLength: 5 });

  test(
    'the rule matches whatever a server behind us makes of the path, in whatever order',
    () => {
      fc.assert(
        fc.property(rawPath, chain, (raw, steps) => {
          fc.pre(isPublic(canonicalPath(raw)));
          const seen = steps.reduce((path, step) => readings[step]?.(path) ?? path, raw);

          // A server that resolves nothing decodes in the end, and then opens what the path names.
          expect(isPublic(posix.normalize(decodeLeniently(seen)))).toBe(true);
        }),
        { ...often, numRuns: cases(3_000) },
      );
    },
    casesMs,
  );

  test('no character of Unicode that may stand between dots ever makes them a dot segment', () => {
    const harmless = charactersInUse().filter((character) =>
      isPublic(canonicalPath(`/public/.${character}.`)),
    );
    expect(harmless.length).toBeGreaterThan(50_000);
    const path = `/public/${harmless.map((character) => `.${character}./..${character}`).join('/')}`;

    for (const reading of Object.values(readings)) {
      const seen = reading(path);
      expect(posix.normalize(seen) === seen).toBe(true);
      expect(isPublic(seen)).toBe(true);
    }
  });
});

// The planes behind these two hold ideographs, tags and nothing, which the paths above have.
function charactersInUse(): string[] {
  return Array.from({ length: 0x20000 }, (_, code) => String.fromCodePoint(code));
}

import { posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { upstreamTarget } from '@latchkey/upstreams';
import * as fc from 'fast-check';

const path = fc
  .array(
    fc.constantFrom(
      '/',
      '//',
      '.',
      '..',
      '/../',
      '%2e',
      '%2E',
      '%2f',
      '%5C',
      '\\',
      ';',
      ';x',
      'a',
      '%61',
      '%',
      '...',
      '[...x]',
    ),
    { maxLength: 10 },
  )
  .map((parts) => `/${parts.join('')}`);
const query = fc.oneof(fc.constant(''), fc.stringMatching(/^\?[!-~]{0,10}$/));

/** Decodes what these paths are made of until nothing is left to decode. */
function decodeAll(path: string): string {
  const once = path.replace(/%(?:25|2e|2f|5c|61)/gi, decodeURIComponent);
  return once === path ? path : decodeAll(once);
}

describe('for any path and query', () => {
  const origin = 'http://127.0.0.1:4200';

  test('what is forwarded is what came, byte for byte, where nothing stands in front', () => {
    const anyPath = fc.oneof(path, fc.stringMatching(/^\/[!-~\u0080-\u00ff]{0,20}$/));
    fc.assert(
      fc.property(anyPath, query, (rawPath, sent) => {
        const target = rawPath + sent;

        expect(upstreamTarget({ target, rawPath, query: sent }, { origin, basePath: '', query: '' })).toBe(
          target,
        );
      }),
    );
  });

  test('what is forwarded stays in the path that stands in front, however it is read', () => {
    fc.assert(
      fc.property(path, query, (rawPath, sent) => {
        const to = { origin, basePath: '/app', query: '' };
        const forwarded = upstreamTarget({ target: rawPath + sent, rawPath, query: sent }, to);
        fc.pre(forwarded !== undefined);
        const bare = forwarded.slice(0, forwarded.length - sent.length);
        const decoded = decodeAll(bare).replaceAll('\\', '/');

        expect(forwarded).toBe(`/app${rawPath}${sent}`);
        for (const read of [
          new URL(bare, origin).pathname,
          posix.normalize(bare),
          posix.normalize(decoded),
          posix.normalize(decoded.replace(/;[^/]*/g, '')),
        ]) {
          expect(read).toMatch(/^\/app(?:\/|$)/);
        }
      }),
      { numRuns: 800, maxSkipsPerRun: 30 },
    );
  });
});

// However many mistakes a file has, wherever they stand: each is reported in the first run, once, and nothing besides.
import { describe, expect, test } from '@jest/globals';
import { loadUpstreams } from '@latchkey/upstreams';
import type { LoadedUpstreams } from '@latchkey/upstreams';
import { noDefaultRules } from '@latchkey/testing';
import * as fc from 'fast-check';
import { areIndependent, fileWith, mistakes } from './upstream-mistakes.ts';
import type { Mistake } from './upstream-mistakes.ts';

function load(text: string): LoadedUpstreams {
  return loadUpstreams({
    file: 'upstreams.yml',
    text,
    cluster: '',
    scheme: 'https',
    defaults: noDefaultRules,
    templateVariables: {},
  });
}

const codesIn = ({ diagnostics }: LoadedUpstreams) => diagnostics.map(({ code }) => code).toSorted();

/** Of mistakes in any order those that go with all that were taken before. */
function independent(some: readonly Mistake[]): Mistake[] {
  const taken: Mistake[] = [];
  for (const mistake of some) {
    if (taken.every((other) => areIndependent(mistake, other))) taken.push(mistake);
  }
  return taken;
}

const someMistakes = fc
  .shuffledSubarray([...mistakes], { minLength: 2, maxLength: 24 })
  .map(independent)
  .filter((some) => some.length > 1);

test('the file without mistakes is valid', () => {
  expect(load(fileWith([])).diagnostics).toEqual([]);
});

describe('a mistake alone is one diagnostic', () => {
  test.each(mistakes)('$code at $touches.0 ($#)', (mistake) => {
    expect(codesIn(load(fileWith([mistake])))).toEqual([mistake.code]);
  });
});

test('several independent mistakes are as many diagnostics, and there is no table if one is an error', () => {
  fc.assert(
    fc.property(someMistakes, (some) => {
      const result = load(fileWith(some));
      expect(codesIn(result)).toEqual(some.map(({ code }) => code).toSorted());
      const hasError = result.diagnostics.some(({ severity }) => severity === 'error');
      expect(result.table === undefined).toBe(hasError);
    }),
    { numRuns: 300 },
  );
});

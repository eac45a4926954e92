import { describe, expect, test } from '@jest/globals';
import { draw } from './plot.ts';

const flat = {
  title: 'Routes & more',
  points: [
    { size: 1, cost: 1 },
    { size: 100, cost: 1.04 },
    { size: 10_000, cost: 0.98 },
  ],
};
const steep = { title: 'Sessions', points: [...flat.points.slice(0, 2), { size: 10_000, cost: 40 }] };

describe('the picture', () => {
  const svg = draw([flat, steep], 'cost < work');

  test('places sizes by their logarithm, and cost from nothing upwards', () => {
    const [first = '', middle = '', last = ''] = [...svg.matchAll(/cx="([\d.]+)"/g)].map(([, x]) => x);

    expect(Number(middle) - Number(first)).toBeCloseTo(Number(last) - Number(middle));
    expect(svg).toContain('>0×</text>');
  });

  test('has room for what costs much', () => {
    const heights = [...svg.matchAll(/cy="([\d.]+)"/g)].map(([, y]) => Number(y));

    expect(Math.min(...heights)).toBeGreaterThan(30);
    expect(svg).toContain('>40.0</text>');
  });

  test('writes words as words', () => {
    expect(svg).toContain('<title>cost &lt; work</title>');
    expect(svg).toContain('>Routes &amp; more</text>');
    expect(svg).toContain('>10k</text>');
  });

  test('can be read on dark pages, too', () => {
    expect(svg).toContain('prefers-color-scheme: dark');
  });
});

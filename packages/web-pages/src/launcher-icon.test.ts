import { describe, expect, test } from '@jest/globals';
import { hueOf, hues, imageOf, tileSign } from './launcher-icon.ts';

const wiki = 'https://wiki.example.com/start?x=1';

describe('the image of an icon', () => {
  test.each([
    ['https://cdn.example.com/w.svg?v=2', 'https://cdn.example.com/w.svg?v=2', 'https://cdn.example.com'],
    ['http://cdn.example.com:8080/w.png', 'http://cdn.example.com:8080/w.png', 'http://cdn.example.com:8080'],
    ['/w.svg', 'https://wiki.example.com/w.svg', 'https://wiki.example.com'],
    ['//evil.example/w.svg', 'https://wiki.example.com//evil.example/w.svg', 'https://wiki.example.com'],
  ])('%s is %s', (icon, url, origin) => {
    expect(imageOf(icon, wiki)).toEqual({ url, origin });
  });

  test.each([
    [''],
    ['W'],
    ['📈'],
    ['javascript:alert(1)'],
    ['data:image/svg+xml,<svg/>'],
    ['https://'],
    ["https://a;img-src'*'/"],
    ['https://*/w.svg'],
    ['wiki.svg'],
  ])('%j is none', (icon) => {
    expect(imageOf(icon, wiki)).toBeUndefined();
  });
});

describe('the sign on a tile', () => {
  test.each([
    ['W', 'W'],
    ['Wi', 'Wi'],
    ['wi', 'wi'],
    ['é\u0301', 'é\u0301'],
    ['42', '42'],
    ['📈', '📈'],
    ['👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦'],
    ['🇨🇭', '🇨🇭'],
    ['#️⃣', '#️⃣'],
  ])('%s is the icon itself', (icon, sign) => {
    expect(tileSign(icon, 'Grafana')).toBe(sign);
  });

  test.each([[''], [' '], ['\n'], ['Wik'], ['W '], ['</'], ['https://cdn.example.com/w.svg'], ['data:,x']])(
    '%j gives way to the first letter of the title',
    (icon) => {
      expect(tileSign(icon, 'grafana')).toBe('G');
    },
  );

  test.each([
    ['  (old) wiki', 'O'],
    ['élan', 'É'],
    ['3scale', '3'],
    ['日報', '日'],
    ['', '•'],
    ['--', '•'],
  ])('of the title %j it is %s', (title, sign) => {
    expect(tileSign('', title)).toBe(sign);
  });
});

describe('the colour of a tile', () => {
  test('is the same for the same title, and all are used', () => {
    expect(hueOf('Grafana')).toBe(hueOf('Grafana'));

    const used = new Set(Array.from({ length: 200 }, (_, index) => hueOf(`Application ${index}`)));
    expect([...used].toSorted((one, other) => one - other)).toEqual([...hues.keys()]);
  });

  test.each(hues)(
    '%s and %s are far enough apart to read, whichever is the paper (WCAG AA)',
    (pale, deep) => {
      expect((luminance(pale) + 0.05) / (luminance(deep) + 0.05)).toBeGreaterThan(4.5);
    },
  );
});

/** Relative luminance of `#rrggbb`, from 0 to 1 (WCAG 2.2). */
function luminance(colour: string): number {
  const linear = (at: number) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5);
}

import { originOf } from './address.ts';

/** Colours of the tile behind an icon: a pale and a deep one, of which dark pages swap the roles. */
export const hues: readonly (readonly [pale: string, deep: string])[] = [
  ['#f3dfb3', '#6b430a'],
  ['#f6d5c8', '#7d2c17'],
  ['#f4d0dc', '#7a2348'],
  ['#e6d4ee', '#5b2a72'],
  ['#d6daf5', '#323a82'],
  ['#cbe3f2', '#154b6e'],
  ['#c8e6df', '#10534a'],
  ['#d6e6c4', '#33521a'],
];

/** Which of the hues a title gets: always the same one, so that an application is found by its colour too. */
export function hueOf(title: string): number {
  let sum = 0;
  for (const character of title) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  return sum % hues.length;
}

/** An image to show, and the origin that the content security policy has to let it come from. */
export type Image = { readonly url: string; readonly origin: string };

/** The image that an icon names: an `http(s)` URL, or a path at the application. Undefined for anything else. */
export function imageOf(icon: string, href: string): Image | undefined {
  if (signOf(icon) !== undefined) return undefined;
  const url = icon.startsWith('/') ? `${originOf(href)}${icon}` : icon;
  const origin = originOf(url);
  return origin === undefined ? undefined : { url, origin };
}

/** The sign on the tile of an application: its icon where that is a sign by itself, else the first letter of its title. */
export function tileSign(icon: string, title: string): string {
  return signOf(icon) ?? graphemes(title).find(isVisible)?.toLocaleUpperCase('en') ?? '•';
}

// An emoji, or one or two letters. Readers see graphemes: a family emoji is one of them and eleven UTF-16 units.
function signOf(icon: string): string | undefined {
  const signs = graphemes(icon.slice(0, 64));
  return (signs.length === 1 || signs.length === 2) && signs.every(isVisible) ? icon : undefined;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function isVisible(grapheme: string): boolean {
  return /[\p{L}\p{N}\p{Emoji}]/u.test(grapheme);
}

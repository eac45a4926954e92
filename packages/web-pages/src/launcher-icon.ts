import { httpOriginOf } from './address.ts';

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
export type IconImage = { readonly url: string; readonly origin: string };

/** The image that an icon names: an `http(s)` URL, or a path at the application. Undefined for anything else. */
export function imageOf(icon: string, href: string): IconImage | undefined {
  const url = icon.startsWith('/') ? `${httpOriginOf(href)}${icon}` : icon;
  const origin = httpOriginOf(url);
  return origin === undefined ? undefined : { url, origin };
}

/** The sign on the tile of an application: its icon where that is a sign by itself, else the first letter of its title. */
export function tileSign(icon: string, title: string): string {
  return signOf(icon) ?? firstLetter(title);
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const visible = /[\p{L}\p{N}\p{Emoji}]/u;

// An emoji, or one or two letters. Readers count graphemes: a family is one of them and eleven UTF-16 units.
function signOf(icon: string): string | undefined {
  if (icon === '' || icon.includes('/')) return undefined; // an address, most likely, and long to take apart
  const signs = Array.from(segmenter.segment(icon), ({ segment }) => segment);
  return signs.length <= 2 && signs.every((sign) => visible.test(sign)) ? icon : undefined;
}

function firstLetter(title: string): string {
  for (const { segment } of segmenter.segment(title)) {
    if (visible.test(segment)) return segment.toLocaleUpperCase('en');
  }
  return '•';
}

import { closest } from '@latchkey/spelling';
import type { Typed } from './typed.ts';

/** What was meant by a name that there is not, or which there are. */
export function orMeant(name: string, known: readonly string[]): string {
  const meant = closest(name, known);
  if (meant !== undefined) return `: write \`${meant}\``;
  return `: write one of ${known.map((each) => `\`${each}\``).join(', ')}`;
}

/** How a value of this kind is asked about. */
export function hintFor({ type }: Typed): string {
  if (type === 'groups') return ': write `"name" in user.groups`';
  if (type === 'network') return ': write `request.address in` it';
  if (type === 'mapping') return ': write `request.headers["name"]`';
  return type === 'list of texts' ? ': write `"name" in` it' : ': write two of a kind';
}

/** Why two values are never the same. */
export function neverSame(sign: string, one: Typed, other: Typed): string {
  const odd = [one, other].find(({ type }) => /^(?:groups|network|mapping|list of texts)$/.test(type)) ?? one;
  return `\`${sign}\` stands between a ${one.type} and a ${other.type}, which are never the same${hintFor(odd)}`;
}

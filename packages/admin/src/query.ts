import { hasMorePairs, HttpError, mostQueryPairs } from '@latchkey/http';
import type { IncomingMessage } from 'node:http';

/**
 * Reads the query of a request of an operator.
 *
 * @param names whether each may be written once or several times
 * @throws HttpError `bad_request`, also for what nobody would read: a word that is misspelled would change the answer
 */
export function readQuery<Name extends string>(
  { url = '' }: Pick<IncomingMessage, 'url'>,
  names: Readonly<Record<Name, 'once' | 'many'>>,
): Readonly<Partial<Record<Name, [string, ...string[]]>>> {
  const text = url.slice(pathOf(url).length + 1);
  if (hasMorePairs(text, mostQueryPairs)) refuse('too many parameters');
  const values: Partial<Record<Name, [string, ...string[]]>> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (!isOf(names, name)) refuse(`${JSON.stringify(name)}: write ${Object.keys(names).join(', ')}`);
    const before = values[name];
    if (before === undefined) values[name] = [value];
    else if (names[name] === 'many') before.push(value);
    else refuse(`${name}: write it once`);
  }
  return values;
}

/** The path of a target. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

function isOf<Name extends string>(names: Readonly<Record<Name, unknown>>, name: string): name is Name {
  return Object.hasOwn(names, name);
}

function refuse(detail: string): never {
  throw new HttpError('bad_request', { detail });
}

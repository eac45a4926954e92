import type { Position, Route } from '@latchkey/upstreams';
import { graftAliases } from './aliases.ts';
import type { SourceKey } from './key.ts';
import { keysOf } from './keys.ts';

/** The file as it is written, for saying where something stands. */
export type Source = {
  /** Every key, those behind aliases included. */
  keys: readonly SourceKey[];
  /** The keys that stand directly in a value. */
  childrenOf(path: readonly string[]): readonly SourceKey[];
  /** The places of `option` anywhere in the service of a route, in file order. */
  optionPlaces(route: Route, option: string): Position[];
  /** The line at which `option` of a route says `value`; where that cannot be told, the option, or else the route. */
  placeOf(route: Route, option: string, value?: string): Position;
};

/** Reads `text` for saying where something stands in it. */
export function sourceOf(text: string): Source {
  const written = keysOf(text);
  const keys = graftAliases(written);
  const lines = text.split(/\r\n|\r|\n/);
  const byParent = Map.groupBy(keys, ({ path }) => nameOf(path.slice(0, -1)));
  const byService = Map.groupBy(keys, ({ path }) => nameOf(serviceOf(path)));

  function optionPlaces({ position }: Route, option: string): Position[] {
    const nearest = written[firstAfter(written, position) - 1];
    const service = nearest && byService.get(nameOf(serviceOf(nearest.path)));
    return (service ?? []).filter(({ path }) => path.at(-1) === option).map(({ at }) => at);
  }

  /** Where one of `needles` stands in the value of the key at `line`, which goes on until the next key. */
  function findIn(line: number, needles: readonly string[]): Position | undefined {
    const next = written[firstAfter(written, { line, column: Infinity })]?.at.line ?? lines.length + 1;
    for (let at = line; at < next; at += 1) {
      const found = needles.map((needle) => lines[at - 1]?.indexOf(needle) ?? -1).find((index) => index >= 0);
      if (found !== undefined) return { line: at, column: found + 1 };
    }
    return undefined;
  }

  return {
    keys,
    childrenOf: (path) => byParent.get(nameOf(path)) ?? [],
    optionPlaces,
    placeOf(route, option, value) {
      const places = optionPlaces(route, option);
      // In double quotes a backslash stands there twice.
      const needles = value === undefined ? [] : [value, value.replaceAll('\\', '\\\\')];
      for (const { line } of places) {
        const found = findIn(line, needles);
        if (found) return found;
      }
      return places[0] ?? route.position;
    },
  };
}

/** The part of a path that leads to a service: its number in the list, which may be below `services`. */
function serviceOf(path: readonly string[]): readonly string[] {
  return path.slice(0, path[0] === 'services' ? 2 : 1);
}

function nameOf(path: readonly string[]): string {
  return path.join('\0');
}

/** The index of the first key behind `place`; `keys` are in the order in which they stand. */
function firstAfter(keys: readonly SourceKey[], { line, column }: Position): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = keys[middle]?.at;
    if (at && (at.line < line || (at.line === line && at.column <= column))) low = middle + 1;
    else high = middle;
  }
  return low;
}

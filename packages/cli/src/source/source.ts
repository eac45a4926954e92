import { readUpstreamTree } from '@latchkey/upstreams';
import type { Position, Route, YamlNode } from '@latchkey/upstreams';
import { keysOf } from './keys.ts';
import type { SourceKey } from './keys.ts';

/** The file as it is written, for saying where something stands. */
export type Source = {
  /** Every key, those behind aliases included. None where the text is no YAML. */
  readonly keys: readonly SourceKey[];
  /** The keys that stand directly in a value. */
  childrenOf(path: readonly string[]): readonly SourceKey[];
  /** Where the text of a value begins, behind its quote if it has one. */
  textPlace(value: YamlNode): Position;
  /** The places of `option` anywhere in the service of a route. */
  optionPlaces(route: Route, option: string): Position[];
  /** The line at which `option` of a route says `value`; where that is unknown, the option, or else the route. */
  placeOf(route: Route, option: string, value?: string): Position;
  /** The expression of a rule: of a route, or without one of the guardrail. */
  rulePlace(option: string, expression: string, route?: Route): Position;
};

/** Reads `text` for saying where something stands in it. */
export function sourceOf(text: string, templateVariables: Readonly<Record<string, string>> = {}): Source {
  const root = readUpstreamTree(text, templateVariables);
  const keys = keysOf(root);
  const lines = text.split(/\r\n|\r|\n/);
  const byParent = Map.groupBy(keys, ({ path }) => nameOf(path.slice(0, -1)));
  const services = servicesOf(root).map((service) => ({ at: service.at, keys: keysOf(service) }));

  function keysOfOption({ position }: Route, option: string): SourceKey[] {
    const service = services.findLast(({ at }) => !isBefore(position, at));
    return (service?.keys ?? []).filter(({ path }) => path.at(-1) === option);
  }

  function textPlace({ at }: YamlNode): Position {
    const isQuoted = /["']/.test(lines[at.line - 1]?.[at.column - 1] ?? '');
    return { line: at.line, column: at.column + (isQuoted ? 1 : 0) };
  }

  return {
    keys,
    textPlace,
    childrenOf: (path) => byParent.get(nameOf(path)) ?? [],
    optionPlaces: (route, option) => keysOfOption(route, option).map(({ at }) => at),
    placeOf(route, option, text) {
      const found = keysOfOption(route, option);
      const values = found.flatMap(({ value }) => (value.kind === 'list' ? value.items : [value]));
      const value = values.find((node) => node.kind === 'scalar' && node.text === text);
      return value ? textPlace(value) : (found[0]?.at ?? route.position);
    },
    rulePlace(option, expression, route) {
      const named = route ? keysOfOption(route, option) : keys.filter(({ path }) => path.at(-1) === option);
      const found = named.find(({ value }) => value.kind === 'scalar' && value.text.trim() === expression);
      return found?.value.at ?? route?.position ?? { line: 1, column: 1 };
    },
  };
}

function servicesOf(root: YamlNode | undefined): readonly YamlNode[] {
  const list = root?.kind === 'mapping' ? root.entries.get('services')?.value : root;
  return list?.kind === 'list' ? list.items : [];
}

function nameOf(path: readonly string[]): string {
  return path.join('\0');
}

function isBefore(one: Position, other: Position): boolean {
  return one.line < other.line || (one.line === other.line && one.column < other.column);
}

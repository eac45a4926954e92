import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What each package uses, by the names without their scope. */
export type Uses = ReadonlyMap<string, ReadonlySet<string>>;

const scope = '@latchkey/';

type Manifest = { readonly name: string; readonly dependencies?: Readonly<Record<string, string>> };

/** The services, and the packages that they and the command are made of, as their manifests say. */
export function packagesInUse(root: string): Uses {
  const all = new Map(
    globSync('{services,packages}/*/package.json', { cwd: root }).map((file) => {
      const { name, dependencies = {} }: Manifest = JSON.parse(readFileSync(join(root, file), 'utf8'));
      return [unscoped(name), new Set(Object.keys(dependencies).filter(isOurs).map(unscoped))];
    }),
  );
  const used = new Set(['auth', 'proxy', 'connector', 'cli']);
  // A set gives what is added while one walks it, too.
  for (const name of used) for (const other of all.get(name) ?? []) used.add(other);
  return new Map([...all].filter(([name]) => used.has(name)));
}

/**
 * The rows of a drawing in which every arrow points down: a package stands one row above the highest that it uses.
 *
 * @throws Error where packages use each other in a circle
 */
export function rowsOf(uses: Uses): string[][] {
  const heights = new Map<string, number>();
  function heightOf(name: string, above: readonly string[]): number {
    if (above.includes(name)) throw new Error(`a circle: ${[...above, name].join(' -> ')}`);
    const known = heights.get(name);
    if (known !== undefined) return known;
    const below = [...(uses.get(name) ?? [])].map((other) => heightOf(other, [...above, name]) + 1);
    const height = Math.max(0, ...below);
    heights.set(name, height);
    return height;
  }
  for (const name of uses.keys()) heightOf(name, []);
  const highest = Math.max(...heights.values());
  return Array.from({ length: highest + 1 }, (_, row) =>
    [...heights].filter(([, height]) => height === highest - row).map(([name]) => name),
  );
}

/** The uses without those that follow from others: who uses a package that uses a third may use that one, too. */
export function withoutImplied(uses: Uses): Uses {
  const reach = (name: string): ReadonlySet<string> => {
    const reached = new Set(uses.get(name));
    for (const other of reached) for (const further of uses.get(other) ?? []) reached.add(further);
    return reached;
  };
  return new Map(
    [...uses].map(([name, direct]) => {
      const implied = new Set([...direct].flatMap((other) => [...reach(other)]));
      return [name, direct.difference(implied)];
    }),
  );
}

function isOurs(name: string): boolean {
  return name.startsWith(scope);
}

function unscoped(name: string): string {
  return name.replace(scope, '');
}

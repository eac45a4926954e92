import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** What a file imports, and from where: `services/auth/src/app.ts`, `./app.ts`. */
export type Import = { readonly file: string; readonly from: string };

// A declaration may go over several lines; its end, which says from where, is on one.
const declared = /(?:\bfrom|\bimport|\b(?:import|require)\()\s*(['"`])([^'"`\n]+)\1/g;

/** Every import of the TypeScript of all packages, wherever in a file it is. */
export function allImports(root: string): Import[] {
  const files = globSync('{services,packages,deploy,test}/**/*.{ts,mts,cts}', {
    cwd: root,
    exclude: (path) => /(?:^|\/)(?:node_modules|dist)$/.test(path),
  });
  return files.flatMap((file) => importsIn(file, readFileSync(join(root, file), 'utf8')));
}

/** The imports of one file. */
export function importsIn(file: string, text: string): Import[] {
  return [...text.matchAll(declared)].map(([, , from = '']) => ({ file, from }));
}

/** Whether an import goes past the `exports` of a package: by a path out of the own one, into the inside of another. */
export function leavesPackage({ file, from }: Import): boolean {
  if (!from.startsWith('.')) return false;
  return packageOf(posix.join(posix.dirname(file), from)) !== packageOf(file);
}

/** The first way from a file back to itself over what it and others of its package import; undefined where there is none. */
export function circleIn(imports: readonly Import[]): string[] | undefined {
  const leads = new Map<string, string[]>();
  for (const { file, from } of imports) {
    if (!from.startsWith('.') || isForTests(file)) continue;
    leads.set(file, [...(leads.get(file) ?? []), posix.join(posix.dirname(file), from)]);
  }
  const done = new Set<string>();
  function follow(file: string, way: readonly string[]): string[] | undefined {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of leads.get(file) ?? []) {
      const circle = follow(next, [...way, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  }
  return firstOf([...leads.keys()], (file) => follow(file, []));
}

function firstOf<T, Found>(all: readonly T[], look: (one: T) => Found | undefined): Found | undefined {
  for (const one of all) {
    const found = look(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a file is a test or there for tests alone. */
export function isForTests(file: string): boolean {
  return file.endsWith('.test.ts') || /^(?:test|packages\/testing)\/|\/test(?:-support)?\//.test(file);
}

function packageOf(path: string): string | undefined {
  return /^(?:(?:services|packages)\/[^/]+|deploy|test)(?=\/)/.exec(path)?.[0];
}

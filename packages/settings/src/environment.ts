import type { Variable } from './variable.ts';

/** The environment of the process, its names in any case. */
export type Environment = {
  /** In upper case, in the order of the environment. */
  names: readonly string[];
  /** The untouched text, which may be empty. */
  get(name: string): string | undefined;
};

/** What was found under a variable's name or one of its older names. */
export type Found = { name: string; text: string; warnings: string[] };

const referencePattern = /\$\{([A-Za-z0-9_]+)\}/g;

/** Where two spellings of one name are set, the one in upper case counts. */
export function createEnvironment(env: Record<string, string | undefined>): Environment {
  const texts = new Map<string, string>();
  for (const [spelling, text] of Object.entries(env)) {
    const name = spelling.toUpperCase();
    if (text === undefined || (texts.has(name) && spelling !== name)) continue;
    texts.set(name, text);
  }
  return { names: [...texts.keys()], get: (name) => texts.get(name.toUpperCase()) };
}

/**
 * Finds the text of a variable with its `${NAME}` references filled in; undefined when it is unset or empty.
 * An older name counts only where the variable itself is absent: set to nothing is an answer, too.
 */
export function findText(environment: Environment, name: string, variable: Variable): Found | undefined {
  const names = [name, ...(variable.aliases ?? [])];
  const foundName = names.find((candidate) => environment.get(candidate) !== undefined);
  if (foundName === undefined) return undefined;

  const { text, missing } = expand(environment.get(foundName) ?? '', environment);
  const warnings = missing.map((reference) => missingReference(foundName, reference, variable));
  if (foundName !== name && text !== '') warnings.push(`${foundName}: an older name, write ${name}`);
  return { name: foundName, text, warnings };
}

function expand(text: string, environment: Environment): { text: string; missing: string[] } {
  const missing: string[] = [];
  const expanded = text.replace(referencePattern, (_whole, name: string) => {
    const value = environment.get(name);
    if (value === undefined) missing.push(name);
    return value ?? '';
  });
  return { text: expanded, missing };
}

function missingReference(name: string, reference: string, variable: Variable): string {
  // A secret may contain "${" by chance, and then the name between the braces is a piece of it.
  const shown = variable.secret ? '${…}' : `\${${reference}}`;
  return `${name}: names ${shown}, which is not set and became empty`;
}

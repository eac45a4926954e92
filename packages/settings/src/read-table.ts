import type { Environment } from './environment.ts';
import { findText } from './find-text.ts';
import type { Findings } from './findings.ts';
import type { Table, Values, Variable } from './variable.ts';

/** What a table's variables say. */
export type Reading<T extends Table> = {
  /** The variables that were set, well or badly. */
  given: ReadonlySet<keyof T>;
  /** The values that could be read: enough for rules that look at several variables. */
  known: Partial<Values<T>>;
  /** All values; undefined when one of them could not be read. */
  whole: Values<T> | undefined;
};

/**
 * Reads every variable of a table and adds what is wrong to the findings.
 * @param prefix what stands before each name of the table in the environment, like `PROVIDER_GOOGLE_`
 */
export function readTable<T extends Table>(
  table: T,
  environment: Environment,
  findings: Findings,
  prefix = '',
): Reading<T> {
  const values: Record<string, unknown> = {};
  const given = new Set<keyof T>();
  const errorsBefore = findings.errors.length;

  for (const [name, variable] of Object.entries(table)) {
    const found = findText(environment, `${prefix}${name}`, variable, findings);
    if (found === undefined) {
      values[name] = readUnset(`${prefix}${name}`, variable, findings);
      continue;
    }
    given.add(name);
    if (found.text !== undefined) values[name] = readGiven(found.name, found.text, variable, findings);
  }

  const complete = findings.errors.length === errorsBefore;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value came out of its own row's schema
  const known = values as Values<T>;
  return { given, known, whole: complete ? known : undefined };
}

function readGiven(name: string, text: string, variable: Variable, findings: Findings): unknown {
  if (variable.effect && text !== variable.default) {
    findings.warnings.push(`${name}: has no effect${variable.effect === 'none yet' ? ' yet' : ''}`);
  }
  return readText(name, text, variable, findings);
}

function readUnset(name: string, variable: Variable, findings: Findings): unknown {
  if (variable.default !== undefined) return readText(name, variable.default, variable, findings);
  if (variable.required) {
    findings.errors.push(`${name}: not set, write ${variable.type.write} (${variable.meaning})`);
  }
  return undefined;
}

function readText(name: string, text: string, variable: Variable, findings: Findings): unknown {
  const result = variable.type.schema.safeParse(text, { reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const got = typeof issue.input === 'string' ? issue.input : text;
    const [index] = issue.path;
    const where = typeof index === 'number' && got !== text ? ` as item ${index + 1}` : '';
    findings.errors.push(`${name}: got ${show(got, variable)}${where}, write ${issue.message}`);
  }
  return undefined;
}

/** How a refused text is shown: never a secret, and not a whole file that was pasted into the wrong place. */
function show(text: string, variable: Variable): string {
  if (variable.secret) return `a value of ${text.length} characters`;
  const withoutCredentials = text.replace(/\/\/[^/]*@/, '//…@');
  const short = withoutCredentials.length > 80 ? `${withoutCredentials.slice(0, 80)}…` : withoutCredentials;
  return JSON.stringify(short);
}

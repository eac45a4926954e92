import type { Environment } from './environment.ts';
import { findText } from './find-text.ts';
import { refuse } from './findings.ts';
import type { Findings } from './findings.ts';
import type { Table, Values, Variable } from './variable.ts';

/** What a table's variables say. */
export type Reading<T extends Table> = {
  /** The variables that were set, well or badly. */
  given: ReadonlySet<keyof T>;
  /** The values that could be read: enough for rules that look at several variables. */
  known: Partial<Values<T>>;
  /** All values: one that is not known is its default, or the example of its type where it has to be set. */
  assumed: Values<T>;
};

/**
 * Reads every variable of a table. What is wrong, and of which nothing is known, is added to the findings.
 * @param prefix what stands before each name of the table in the environment, like `PROVIDER_GOOGLE_`
 */
export function readTable<T extends Table>(
  table: T,
  environment: Environment,
  findings: Findings,
  prefix = '',
): Reading<T> {
  const known: Record<string, unknown> = {};
  const assumed: Record<string, unknown> = {};
  const given = new Set<keyof T>();
  for (const [name, variable] of Object.entries(table)) {
    const row = readRow(`${prefix}${name}`, variable, environment, findings);
    if (row.isGiven) given.add(name);
    if (row.value !== undefined) known[name] = row.value;
    assumed[name] = row.value ?? assumedFor(variable);
  }
  return {
    given,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value came out of its own row's schema
    known: known as Partial<Values<T>>,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- likewise
    assumed: assumed as Values<T>,
  };
}

function readRow(
  name: string,
  variable: Variable,
  environment: Environment,
  findings: Findings,
): { isGiven: boolean; value: unknown } {
  const found = findText(environment, name, variable, findings);
  if (found !== undefined) {
    const { text } = found;
    const value = text === undefined ? undefined : readGiven(found.name, text, variable, findings, name);
    return { isGiven: true, value };
  }
  if (variable.default !== undefined)
    return { isGiven: false, value: variable.type.schema.parse(variable.default) };
  if (variable.required) {
    const message = `not set, write ${variable.type.write} (${variable.meaning})`;
    refuse({ variable: name, code: 'missing', message }, findings);
  }
  return { isGiven: false, value: undefined };
}

/** @param name that of the row; `writtenName` may be an older one */
function readGiven(
  writtenName: string,
  text: string,
  variable: Variable,
  findings: Findings,
  name: string,
): unknown {
  if (variable.effect && text !== variable.default) {
    findings.warnings.push(
      variable.effect === 'none yet'
        ? { variable: writtenName, code: 'not_built', message: 'has no effect yet' }
        : { variable: writtenName, code: 'without_effect', message: 'has no effect' },
    );
  }
  const result = variable.type.schema.safeParse(text, { reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const got = typeof issue.input === 'string' ? issue.input : text;
    const [index] = issue.path;
    const where = typeof index === 'number' && got !== text ? ` as item ${index + 1}` : '';
    const message = `got ${show(got, variable)}${where}, write ${issue.message}`;
    refuse({ variable: writtenName, code: 'malformed', message }, findings, name);
  }
  return undefined;
}

function assumedFor({ type, default: usual, required }: Variable): unknown {
  const text = usual ?? (required ? type.example : undefined);
  return text === undefined ? undefined : type.schema.parse(text);
}

/** How a refused text is shown: never a secret, and not a whole file that was pasted into the wrong place. */
function show(text: string, variable: Variable): string {
  if (variable.secret) return `a value of ${text.length} characters`;
  const withoutCredentials = text.replace(/\/\/[^/]*@/, '//…@');
  const short = withoutCredentials.length > 80 ? `${withoutCredentials.slice(0, 80)}…` : withoutCredentials;
  return JSON.stringify(short);
}

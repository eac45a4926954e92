import type { Environment } from './environment.ts';
import { deprecate, refuse } from './findings.ts';
import type { Findings } from './findings.ts';
import { openToAll } from './readable-by-all.ts';
import { readSecretFile } from './secret-file.ts';
import type { Variable } from './variable.ts';

/** What was found, and under which name. Where there is no text, it is among what the findings call unknown. */
export type FoundText = { name: string; text?: string };

const referencePattern = /\$\{([A-Za-z0-9_]+)\}/g;

/**
 * Finds the text of a variable, with its `${NAME}` references filled in; undefined when it is unset or empty.
 * A secret may stand in the file that `NAME_FILE` names instead.
 * An older name counts only where the variable itself is absent: set to nothing is an answer, too.
 */
export function findText(
  environment: Environment,
  name: string,
  variable: Variable,
  findings: Findings,
): FoundText | undefined {
  const forms = variable.secret ? ['', '_FILE'] : [''];
  const present = [name, ...(variable.aliases ?? [])].find((candidate) =>
    forms.some((form) => environment.get(`${candidate}${form}`) !== undefined),
  );
  const [form, other] = forms.filter((form) => (environment.get(`${present}${form}`) ?? '') !== '');
  if (present === undefined || form === undefined) return undefined;

  const foundName = `${present}${form}`;
  if (other !== undefined) {
    const otherName = `${present}${other}`;
    const message = `set together with ${foundName}, write only one of the two`;
    refuse({ variable: otherName, code: 'conflict', message, others: [foundName] }, findings, name);
    return { name: otherName };
  }

  const text = textOf(foundName, environment, variable, findings);
  if (text === '') return undefined;
  if (present !== name) deprecate(foundName, `${name}${form}`, findings);
  return form === '' ? { name: foundName, text } : readFileOf(foundName, text, environment, findings, name);
}

/** Fills in what `${NAME}` stands for, once: what is filled in is not looked into again. */
export function expandReferences(
  text: string,
  environment: Environment,
): { text: string; missing: string[] } {
  const missing: string[] = [];
  const expanded = text.replace(referencePattern, (_whole, name: string) => {
    const value = environment.get(name);
    if (value === undefined) missing.push(name);
    return value ?? '';
  });
  return { text: expanded, missing };
}

/** Warns of a file with a secret that a variable names, where every user may read it. */
export function warnIfOpenToAll(
  variable: string,
  path: string,
  environment: Environment,
  findings: Findings,
): void {
  if (!environment.isReadableByAll(path)) return;
  const message = `the file it names ${openToAll}`;
  findings.warnings.push({ variable, code: 'readable_by_all', message });
}

function textOf(name: string, environment: Environment, variable: Variable, findings: Findings): string {
  const written = environment.get(name) ?? '';
  if (variable.verbatim) return written;
  const { text, missing } = expandReferences(written, environment);
  for (const reference of missing) {
    // A secret may contain "${" by chance, and then the name between the braces is a piece of it.
    const shown = variable.secret ? '${…}' : `\${${reference}}`;
    const message = `names ${shown}, which is not set and became empty`;
    findings.warnings.push({ variable: name, code: 'doubtful', message });
  }
  return text;
}

/** What a file holds is taken as it stands. */
function readFileOf(
  variable: string,
  path: string,
  environment: Environment,
  findings: Findings,
  name: string,
): FoundText {
  const { readFile } = environment;
  if (readFile === undefined) {
    findings.unknown.add(name);
    return { name: variable };
  }
  const result = readSecretFile(path, readFile);
  if ('secret' in result) {
    warnIfOpenToAll(variable, path, environment, findings);
    return { name: variable, text: result.secret };
  }
  const message = `the file it names ${result.problem}, write the path of a file that holds the secret alone`;
  refuse({ variable, code: 'unreadable', message }, findings, name);
  return { name: variable };
}

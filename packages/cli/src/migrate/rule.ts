import type { Diagnostic, Position } from '@latchkey/upstreams';
import type { EnvEntry } from '../environment/env-file.ts';
import type { FindingKind } from '../finding.ts';
import { nameOfPath, textOf } from '../source/keys.ts';
import type { SourceKey } from '../source/keys.ts';
import type { Source } from '../source/source.ts';

/** What is looked through: an upstream file and the env files of a deployment of BuzzFeed SSO. */
export type MigrationSubject = {
  readonly file: string;
  readonly cluster: string;
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
  readonly entries: readonly EnvEntry[];
  readonly defaultProvider: string;
  /** What keeps Latchkey from starting with the env files. */
  readonly refused: readonly RulePlace[];
  /** Required secrets that are not in the env files. */
  readonly keptElsewhere: readonly RulePlace[];
  /** Names in the env files that should go. */
  readonly deprecated: readonly RulePlace[];
  /** Variables that BuzzFeed SSO heeds and Latchkey does not yet. */
  readonly withoutEffectYet: readonly RulePlace[];
};

/** Where a difference shows. `about` says what it comes down to there. */
export type RulePlace = Position & { readonly file: string; readonly about?: string };

/**
 * One difference between the two. An `error` keeps Latchkey from starting, a `warning` may change who gets in or what is
 * reached, a `notice` is for information.
 */
export type MigrationRule = FindingKind & {
  readonly title: string;
  /** What BuzzFeed SSO v3 does. */
  readonly before: string;
  /** What Latchkey does, and why. */
  readonly now: string;
  readonly todo: string;
  find(subject: MigrationSubject): RulePlace[];
};

/** Makes the search for variables: those with one of the names, or that a pattern matches whole. */
export function variables(
  names: RegExp,
  matches: (value: string) => boolean = () => true,
): (subject: MigrationSubject) => RulePlace[] {
  return ({ entries }) =>
    entries
      .filter(({ name, value }) => names.test(name.toUpperCase()) && value !== '' && matches(value))
      .map(({ name, file, line }) => ({ file, line, column: 1, about: name }));
}

/** Makes the search for a variable that no env file sets: the first of them, where there is none. */
export function unset(names: RegExp): (subject: MigrationSubject) => RulePlace[] {
  return (subject) => {
    const [first] = subject.entries;
    const isSet = variables(names)(subject).length > 0;
    return isSet ? [] : [{ file: first?.file ?? subject.file, line: 1, column: 1 }];
  };
}

/** Makes the search for diagnostics of the upstream file that have one of the codes. */
export function diagnosed(...codes: string[]): (subject: MigrationSubject) => RulePlace[] {
  return ({ diagnostics }) => diagnostics.filter(({ code }) => codes.includes(code)).map(placeOfDiagnostic);
}

/** A diagnostic as a place, its message being what it is about. */
export function placeOfDiagnostic({ file, line, column, code, message }: Diagnostic): RulePlace {
  return { file, line, column, about: `${message} (${code})` };
}

/** Makes the search for an option that is written, with a value that `matches`, in a section that counts. */
export function writtenOption(
  option: string,
  matches: (value: string) => boolean = () => true,
): (subject: MigrationSubject) => RulePlace[] {
  return (subject) =>
    optionKeysInForce(subject, option)
      .filter(({ value }) => matches(textOf(value)))
      .map((key) => placeOfKey(subject, key));
}

/** Whether a value, as written, switches something on. */
export function isOn(value: string): boolean {
  return /^(?:true|yes|on|y)$/i.test(value);
}

/** The keys of an option below `options`, in `default` and in the section of the cluster. */
export function optionKeysInForce(subject: MigrationSubject, option: string): SourceKey[] {
  return keysInForce(subject, option).filter(({ path }) => path.at(-2) === 'options');
}

/** The keys of a name anywhere in `default` and in the section of the cluster. */
export function keysInForce({ source, cluster }: MigrationSubject, name: string): SourceKey[] {
  return source.keys.filter(({ path }) => path.at(-1) === name && isInForce(path, cluster));
}

/** Whether a key stands in a section that the cluster reads. */
export function isInForce(path: readonly string[], cluster: string): boolean {
  const section = sectionOf(path);
  return section === 'default' || section === cluster;
}

/** The name of the section that a key stands in. */
export function sectionOf(path: readonly string[]): string | undefined {
  return path[path[0] === 'services' ? 2 : 1];
}

/** A key as a place. */
export function placeOfKey({ file }: MigrationSubject, { path, at }: SourceKey): RulePlace {
  return { file, ...at, about: nameOfPath(path) };
}

/** The value of a key as a place; that of one entry where it is a list. */
export function placeOfValue({ file, source }: MigrationSubject, { value, path }: SourceKey): RulePlace {
  return { file, ...source.textPlace(value), about: nameOfPath(path) };
}

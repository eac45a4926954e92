/**
 * Something to tell about a file. An `error` keeps it from being used, a `warning` deserves a look, a `notice` is for
 * information. Lines and columns begin at 1.
 */
export type Finding = {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
};

/** What a finding of one kind has in common with the others, as a table of kinds has it. */
export type FindingKind = { readonly code: string; readonly severity: Finding['severity'] };

/** A finding of a kind at a place. */
export function findingOf(
  { code, severity }: FindingKind,
  { file, line, column }: Pick<Finding, 'file' | 'line' | 'column'>,
  message: string,
): Finding {
  return { code, severity, message, file, line, column };
}

/** How bad a finding has to be for the command to end with 1. */
export type Threshold = 'error' | 'warning';

/** Whether findings of this kind are among `findings`, or worse ones. */
export function reaches(findings: readonly Finding[], threshold: Threshold): boolean {
  return findings.some(
    ({ severity }) => severity === 'error' || (threshold === 'warning' && severity === 'warning'),
  );
}

/** The findings file by file, in the order of the files, each in the order of its lines. */
export function inFileOrder(findings: readonly Finding[]): Finding[] {
  const files = [...new Set(findings.map(({ file }) => file))];
  return findings.toSorted(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}

import { diagnosticKinds } from './diagnostics.ts';
import type { DiagnosticName } from './diagnostics.ts';
import type { Diagnostic, Position } from './types.ts';

/** Takes note of a problem. The message is a sentence that says what to write, without any secret. */
export type Report = (name: DiagnosticName, at: Position, message: string) => void;

/** What one load has found so far. */
export type Problems = { report: Report; hasErrors(): boolean; inFileOrder(): Diagnostic[] };

/** Nobody reads more than this, and a file made to complain about shall not fill the memory. */
const mostKept = 10_000;

/** Collects the problems of one file. The same one at the same place, seen again through an alias, counts once. */
export function collectProblems(file: string): Problems {
  const found = new Map<string, Diagnostic>();
  let errors = 0;
  return {
    report(name, at, message) {
      const { code, severity } = diagnosticKinds[name];
      if (severity === 'error') errors += 1;
      if (found.size >= mostKept) return;
      const key = `${code} ${at.line}:${at.column} ${message}`;
      found.set(key, { code, severity, message, file, line: at.line, column: at.column });
    },
    hasErrors: () => errors > 0,
    inFileOrder: () => [...found.values()].toSorted((a, b) => a.line - b.line || a.column - b.column),
  };
}

const mostShown = 80;

/** A text of the file as a message quotes it: on one line and not too long. */
export function quote(text: string): string {
  const short = text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
  return JSON.stringify(short);
}

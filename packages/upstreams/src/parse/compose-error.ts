import type { DiagnosticName } from '../diagnostics.ts';
import type { Position } from '../types.ts';

/** Ends the composition: what follows could not be trusted. */
export class ComposeError extends Error {
  readonly problem: DiagnosticName;
  readonly at: Position;

  constructor(problem: DiagnosticName, at: Position, message: string) {
    super(message);
    this.problem = problem;
    this.at = at;
  }
}

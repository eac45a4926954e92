import type { Problem } from './problem.ts';

/** What has been found out about an environment so far. */
export type Findings = {
  readonly errors: Problem[];
  readonly warnings: Problem[];
  /** the variables, by the names of the tables, of which it is not known what the environment says */
  readonly unknown: Set<string>;
};

export function noFindings(): Findings {
  return { errors: [], warnings: [], unknown: new Set() };
}

/** Refuses the environment for a variable, of which nothing is known then, nor of the others that have a part in it. */
export function refuse(problem: Problem, findings: Findings, name = problem.variable): void {
  findings.errors.push(problem);
  for (const one of [name, ...(problem.others ?? [])]) findings.unknown.add(one);
}

/** Tells that a name still works, and which one to write. */
export function deprecate(variable: string, instead: string, findings: Findings): void {
  findings.warnings.push({ variable, code: 'deprecated', message: `deprecated, write ${instead}`, instead });
}

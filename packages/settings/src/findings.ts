/** What there is to tell the operator. Every line starts with the name of a variable. */
export type Findings = { errors: string[]; warnings: string[]; deprecated: DeprecatedName[] };

/** A name that was met and should go. `instead` is the name to write; there is none where it has no effect any more. */
export type DeprecatedName = { name: string; instead?: string };

export function noFindings(): Findings {
  return { errors: [], warnings: [], deprecated: [] };
}

/** Tells that a name still works, and which one to write. */
export function deprecate(name: string, instead: string, findings: Findings): void {
  findings.deprecated.push({ name, instead });
  findings.warnings.push(`${name}: deprecated, write ${instead}`);
}

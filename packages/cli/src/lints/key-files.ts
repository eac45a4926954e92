import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

/** Files with keys of issuers that are not on this machine. */
export function lintKeyFiles({ file, source, keyFilesElsewhere }: LintSubject): Finding[] {
  return source.keys.flatMap(({ path, value }) => {
    if (path.at(-1) !== 'jwks_file' || value.kind !== 'scalar') return [];
    if (!keyFilesElsewhere.includes(value.text)) return [];
    const message = `\`jwks_file\`: ${JSON.stringify(value.text)} cannot be read on this machine, so it was not checked: the proxy needs it when it starts`;
    return [findingOf(lints.keyFileElsewhere, { file, ...source.textPlace(value) }, message)];
  });
}

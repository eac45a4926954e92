import type { Position } from '@latchkey/upstreams';
import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import type { SourceKey } from '../source/keys.ts';
import { lints } from './table.ts';
import type { LintSubject } from './lint.ts';

const headerOptions: ReadonlySet<string> = new Set(['inject_request_headers', 'header_overrides']);

/** Headers that carry nothing but a credential. */
const credentialName =
  /^(?:proxy-)?authorization$|^cookie$|api-?key|access-?key|secret|password|passwd|token$/i;
/** A credential behind a scheme, or a run of characters that nobody makes up. */
const credentialValue =
  /^(?:Bearer|Basic|Token|ApiKey)\s+\S{6,}$|^(?=[^\s]*\d)(?=[^\s]*[A-Za-z])[A-Za-z0-9+/_.=-]{32,}$/i;
/** Credentials that say so themselves, wherever they stand, comments included. */
const unmistakableSecret =
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[pousr]_[A-Za-z0-9]{30,}|\bglpat-[\w-]{20,}|\bxox[abprs]-[\w-]{10,}|\bpassword\s*[=:]\s*[^\s{"']{4,}/gi;

/** Credentials that are written out in the file. A template variable is none. The message holds no part of them. */
export function lintSecrets({
  file,
  text,
  source,
}: Pick<LintSubject, 'file' | 'text' | 'source'>): Finding[] {
  const headers = source.keys
    .filter(isCredentialHeader)
    .map(({ at, path }) => ({ at, what: path.at(-1) ?? '' }));
  const headerLines = new Set(headers.map(({ at }) => at.line));
  const others = unmistakable(text).filter(({ at }) => !headerLines.has(at.line));
  const seen = new Set<number>();
  return [...headers, ...others].flatMap(({ at, what }) => {
    if (seen.has(at.line)) return [];
    seen.add(at.line);
    const message = `${what} looks like a credential: put it into an SSO_CONFIG_ variable, write {{name}} here, and replace the credential`;
    return [findingOf(lints.secretInFile, { file, ...at }, message)];
  });
}

function isCredentialHeader({ path, value }: SourceKey): boolean {
  const name = path.at(-1) ?? '';
  if (!headerOptions.has(path.at(-2) ?? '')) return false;
  if (value.kind !== 'scalar' || value.text === '' || value.templated) return false;
  return credentialName.test(name) || credentialValue.test(value.text);
}

function unmistakable(text: string): ReadonlyArray<{ readonly at: Position; readonly what: string }> {
  return text.split(/\r\n|\r|\n/).flatMap((line, index) =>
    [...line.matchAll(unmistakableSecret)].map((found) => ({
      at: { line: index + 1, column: found.index + 1 },
      what: 'This',
    })),
  );
}

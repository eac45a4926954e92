import { closest } from '@latchkey/spelling';
import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { Position } from '../types.ts';

/** Takes note of a key that is written; `known` says whether the mapping may have it. */
export type KeyCheck = (key: string, at: Position, known: boolean, report: Report) => void;

/** Spellings that BuzzFeed SSO read by accident, directly in a section, and the options that they stand for. */
const oldSpellings: ReadonlyMap<string, string> = new Map([
  ['skipauthpreflight', 'skip_auth_preflight'],
  ['passaccesstoken', 'pass_access_token'],
]);

/** What other gates call an option of ours. One name for one thing: theirs is reported, and not read. */
const foreignNames: ReadonlyMap<string, string> = new Map([
  ['set_request_headers', 'inject_request_headers'],
  ['remove_request_headers', 'strip_request_headers'],
  ['set_response_headers', 'header_overrides'],
  ['cors_allow_preflight', 'skip_auth_preflight'],
]);

/**
 * Makes the check that warns of keys that nothing reads: BuzzFeed SSO passed them over without a word, and so a restriction
 * could be lost. `options` are the keys that belong below `options:` instead.
 */
export function unknownKeys(known: readonly string[], options: readonly string[] = []): KeyCheck {
  return (key, at, isKnown, report) => {
    const spelling = oldSpellings.get(key);
    if (!isKnown) {
      const better = foreignName(key, known) ?? closest(key, known) ?? spelling;
      const elsewhere = options.includes(key) ? 'indent it below `options:`' : 'remove it';
      const advice = better === undefined ? elsewhere : `did you mean \`${better}\`?`;
      report('unknownKey', at, `${quote(key)} is not known and has no effect: ${advice}`);
    } else if (spelling !== undefined) {
      report('oldSpelling', at, `Write \`${spelling}\` below \`options:\` instead of ${key}`);
    }
  };
}

function foreignName(key: string, known: readonly string[]): string | undefined {
  const ours = foreignNames.get(key);
  return ours !== undefined && known.includes(ours) ? ours : undefined;
}

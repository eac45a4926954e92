import { isAnchored } from '../lints/public-paths.ts';
import { textOf } from '../source/keys.ts';
import type { MigrationRule } from './rule.ts';
import { diagnosed, isOn, optionKeysInForce, placeOfValue, writtenOption } from './rule.ts';

/** Differences about who gets in. */
export const accessRules: readonly MigrationRule[] = [
  {
    code: 'LK741',
    severity: 'warning',
    title: 'More than one kind of rule',
    before:
      'Any one suffices at sign-in, as documented. After that domain and address have to hold at every request, and the group once a minute.',
    now: 'Any one suffices, at every request. Somebody who was let in for a minute, or not at all, may now stay.',
    todo: 'Keep only the kind that has to hold. A default of the environment counts: `UPSTREAM_DEFAULT_EMAIL_DOMAINS` beside `allowed_groups` lets the whole domain in.',
    find: diagnosed('LK401'),
  },
  {
    code: 'LK742',
    severity: 'notice',
    title: 'A public pattern sees one reading of the path',
    before:
      '`skip_auth_regex` sees the decoded path, so that `/admin%2f..%2fpublic/` may look public to it and not to the application.',
    now: 'It sees the canonical path, and no path that could be read in two ways (with encoded slashes, dots, `//`, `;` or characters that nobody sees) and none of more than 8 KiB. Such a path needs a sign-in.',
    todo: 'Nothing, unless programs without sign-in ask for such paths: `latchkey explain` shows what becomes of one.',
    find: (subject) =>
      optionKeysInForce(subject, 'skip_auth_regex').flatMap(({ path, value }) =>
        (value.kind === 'list' ? value.items : []).map((entry) => ({
          ...placeOfValue(subject, { path, value: entry, at: entry.at }),
          about: `${textOf(entry)}${isAnchored(textOf(entry)) ? '' : ' (without ^ it matches anywhere in the path, as before)'}`,
        })),
      ),
  },
  {
    code: 'LK743',
    severity: 'warning',
    title: '`skip_auth_preflight` takes effect',
    before: 'Below `options` it is read and dropped: preflights are redirected to the sign-in.',
    now: 'CORS preflights pass without sign-in, bare: no identity, no cookies, no credentials, no body.',
    todo: 'Make sure that the application answers preflights itself, or take it out.',
    find: writtenOption('skip_auth_preflight', isOn),
  },
];

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
      'At sign-in one matching rule is enough, as documented. After that, domain and address must match at every request, and the group once a minute.',
    now: 'One matching rule is enough, at every request. People who had access for a minute, or none at all, may keep it.',
    todo: 'Keep only the kind of rule that is required. A default of the environment counts: `UPSTREAM_DEFAULT_EMAIL_DOMAINS` next to `allowed_groups` gives the whole domain access.',
    find: diagnosed('LK401'),
  },
  {
    code: 'LK742',
    severity: 'notice',
    title: 'A public pattern matches unambiguous paths only',
    before:
      '`skip_auth_regex` sees the decoded path, so that `/admin%2f..%2fpublic/` may look public to it and not to the application.',
    now: 'It is matched against the canonical path. A path that could be read in two ways (with encoded slashes, dots, `//`, `;` or invisible characters), or one of more than 8 KiB, always needs a sign-in.',
    todo: 'Nothing, unless programs without sign-in ask for such paths: `latchkey explain` shows how such a path is handled.',
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
    before: 'Below `options` it has no effect: preflights are redirected to the sign-in.',
    now: 'CORS preflights are forwarded without sign-in, and without identity, cookies, credentials and body.',
    todo: 'Make sure that the application answers preflights itself, or remove it.',
    find: writtenOption('skip_auth_preflight', isOn),
  },
];

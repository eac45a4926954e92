import type { MigrationRule } from './rule.ts';
import { unset, variables } from './rule.ts';

const listVariables =
  /^(?:UPSTREAM_DEFAULT_(?:EMAIL_DOMAINS|EMAIL_ADDRESSES|GROUPS)|AUTHORIZE_(?:EMAIL_DOMAINS|EMAIL_ADDRESSES|PROXY_DOMAINS)|DEFAULT_ALLOWED_\w+|(?:SSO_)?EMAIL_(?:DOMAIN|ADDRESSES)|PROXY_ROOT_DOMAIN)$/;
const durationVariables =
  /TIMEOUT|_TTL(?:_|$)|_(?:EXPIRE|LIFETIME|RESETDEADLINE|RESET_DEADLINE)$|GROUPCACHE_INTERVAL_/;
const groupedProvider = /^PROVIDER_([A-Z0-9]+)_TYPE$/;

const findBareDurations = variables(durationVariables, (value) => /^\d+$/.test(value));

/** Differences that the environment brings about. */
export const environmentRules: readonly MigrationRule[] = [
  {
    code: 'LK701',
    severity: 'error',
    title: 'A duration without a unit',
    before: 'It does not start: a bare integer where a duration belongs ends it with a panic.',
    now: 'It does not start either, and reports what to write, because the intended unit is not known.',
    todo: 'Write the unit: 60s.',
    find: findBareDurations,
  },
  {
    code: 'LK702',
    severity: 'error',
    title: 'A variable that Latchkey refuses',
    before: 'It may have started, or stopped at the first of several errors.',
    now: 'It does not start, and reports all errors at once.',
    todo: 'Write what the message says.',
    find: (subject) => {
      const reported = new Set(findBareDurations(subject).map(({ file, line }) => `${file}:${line}`));
      return subject.refused.filter(({ file, line }) => !reported.has(`${file}:${line}`));
    },
  },
  {
    code: 'LK703',
    severity: 'warning',
    title: 'A list with blanks after its commas',
    before: 'Blanks belong to the entries, so that all but the first match nobody.',
    now: 'Entries are trimmed, so that all of them count. More people may get in.',
    todo: 'Make sure that every entry is meant.',
    find: variables(listVariables, (value) => /\s,|,\s/.test(value.trim())),
  },
  {
    code: 'LK704',
    severity: 'notice',
    title: 'An older name of a variable',
    before: 'v3 does not read it, and some of these names keep it from starting.',
    now: 'It is used if the new name is absent, or ignored if it has no meaning any more. Both are logged.',
    todo: 'Write what the message says.',
    find: ({ deprecated }) => [...deprecated],
  },
  {
    code: 'LK705',
    severity: 'warning',
    title: 'A documented variable that was never read',
    before: 'The documentation names it, the program does not read it, and the default applies.',
    now: 'It takes effect, as documented.',
    todo: 'Make sure that the value is still the one you want, or remove it.',
    find: variables(/^(?:UPSTREAM_CONFIGS_FILE|UPSTREAM_DEFAULT_TCP_RESET_DEADLINE)$/),
  },
  {
    code: 'LK706',
    severity: 'notice',
    title: 'No cluster is named',
    before: 'It asks for `UPSTREAM_CLUSTER`.',
    now: 'Without one, only the `default` sections are read.',
    todo: 'Nothing, if `default` is what you want. Otherwise set `UPSTREAM_CLUSTER`.',
    find({ cluster, file, entries }) {
      const written = entries.findLast(({ name }) => /^(?:UPSTREAM_)?CLUSTER$/i.test(name));
      return cluster === '' ? [{ file: written?.file ?? file, line: written?.line ?? 1, column: 1 }] : [];
    },
  },
  {
    code: 'LK707',
    severity: 'notice',
    title: '`LOGGING_LEVEL` works',
    before: 'It is read and never applied: every line is logged.',
    now: 'It decides what is logged. No level logs a secret.',
    todo: 'Set it to info, unless you want more or less.',
    find: variables(/^LOGGING_LEVEL$/, (value) => value.toLowerCase() !== 'info'),
  },
  {
    code: 'LK708',
    severity: 'notice',
    title: 'The group cache has an interval',
    before:
      'Without `GROUPCACHE_INTERVAL_…` a Google provider with groups panics and hangs, and one of Okta keeps groups for ever.',
    now: 'Without it, groups are looked up again after 10 minutes.',
    todo: 'Nothing, if 10 minutes are fine.',
    find: ({ entries }) =>
      entries.flatMap(({ name, value, file, line }) => {
        const id = groupedProvider.exec(name.toUpperCase())?.[1];
        if (id === undefined || !/^(?:google|okta|cognito)$/i.test(value)) return [];
        const prefix = `PROVIDER_${id}_GROUPCACHE_INTERVAL_`;
        if (entries.some((other) => other.name.toUpperCase().startsWith(prefix))) return [];
        return [{ file, line, column: 1, about: `${prefix}… is not set` }];
      }),
  },
  {
    code: 'LK709',
    severity: 'notice',
    title: 'One environment for both services',
    before: 'Variables of the one service keep the other from starting, `CLIENT_ID` for one.',
    now: 'Each service ignores the variables of the other, so both may share one environment.',
    todo: 'Nothing.',
    find: (subject) =>
      variables(/^CLIENT_ID$/)(subject).filter(({ file }) =>
        subject.entries.some(
          (other) => other.file === file && other.name.toUpperCase() === 'CLIENT_PROXY_ID',
        ),
      ),
  },
  {
    code: 'LK710',
    severity: 'notice',
    title: 'Timeouts of the server do not cut off streams',
    before: '`SERVER_TIMEOUT_WRITE` ends every answer after that time, streams and downloads too.',
    now: 'An answer that the client keeps reading is not cut off. A client that reads nothing for that long is disconnected.',
    todo: 'Nothing. Remove the variable if you raised it for streams.',
    find: variables(/^(?:SERVER_TIMEOUT_WRITE|TCP_WRITE_TIMEOUT)$/),
  },
  {
    code: 'LK717',
    severity: 'notice',
    title: 'DogStatsD is sent only if a host is set',
    before: 'Without `METRICS_STATSD_HOST`, metrics go to localhost.',
    now: 'They are sent, under the same names, only where it is set. Prometheus has its own, at `ADMIN_PORT`.',
    todo: 'Where an agent listens beside the service, set `METRICS_STATSD_HOST=127.0.0.1`.',
    find: unset(/^(?:METRICS_)?STATSD_HOST$/),
  },
  {
    code: 'LK718',
    severity: 'warning',
    title: 'A required secret that is not in the env files',
    before: 'It does not start without it.',
    now: 'Nor does this. Secrets seldom stand in an env file, so it is not counted as an error.',
    todo: 'Make sure that it comes from the secret store of the deployment.',
    find: ({ keptElsewhere }) => [...keptElsewhere],
  },
  {
    code: 'LK719',
    severity: 'warning',
    title: 'A variable that has no effect yet',
    before: 'It has one.',
    now: 'It is read, but has no effect yet.',
    todo: 'Make sure that you do not need it.',
    find: ({ withoutEffectYet }) => [...withoutEffectYet],
  },
];

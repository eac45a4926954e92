import { isReserved } from '@latchkey/identity';
import { textOf } from '../source/keys.ts';
import type { SourceKey } from '../source/keys.ts';
import type { MigrationRule, MigrationSubject, RulePlace } from './rule.ts';
import {
  diagnosed,
  isOn,
  keysInForce,
  optionKeysInForce,
  placeOfDiagnostic,
  placeOfKey,
  placeOfValue,
  writtenOption,
} from './rule.ts';
import { optionsLaidOver, switchedOff } from './sections.ts';

/** Diagnostics that have a rule of their own here. */
const reportedApart: ReadonlySet<string> = new Set(['LK207', 'LK210', 'LK309']);

/** Differences that the upstream file brings about, less those about who gets in. */
export const upstreamFileRules: readonly MigrationRule[] = [
  {
    code: 'LK721',
    severity: 'warning',
    title: 'The options of a cluster are merged over those of `default`',
    before:
      'A section with `options` drops all options of `default`, restrictions included, although its documentation says otherwise.',
    now: 'Options are merged one by one, as documented, so that a timeout does not remove a restriction.',
    todo: 'Check the options of `default` that now apply. Where another value is intended, write it in the section of the cluster.',
    find: optionsLaidOver,
  },
  {
    code: 'LK722',
    severity: 'error',
    title: 'Settings beside the sections',
    before: '`options` next to `default` is treated as a section of that name and silently ignored.',
    now: 'It is an error, because a restriction in it would be lost.',
    todo: 'Indent it below `default:`.',
    find: diagnosed('LK210'),
  },
  {
    code: 'LK723',
    severity: 'error',
    title: 'Two routes for one host',
    before: 'The last one wins, and an extra route without `from` takes the host of its service.',
    now: 'It is an error, because one of the two would never be reached.',
    todo: 'Remove one. The last one, extra routes after all others, is the one that was in use.',
    find: diagnosed('LK309'),
  },
  {
    code: 'LK724',
    severity: 'error',
    title: 'A duration that cannot be read',
    before: 'A bare integer is nanoseconds: `timeout: 30` gives up at once.',
    now: 'It is an error.',
    todo: 'Write a number with its unit: 30s.',
    find: diagnosed('LK207'),
  },
  {
    code: 'LK725',
    severity: 'error',
    title: 'Something that Latchkey refuses',
    before: 'It may have been ignored, or have failed at the first request.',
    now: 'The file is not used, and the message says what is wrong.',
    todo: 'Write what the message says.',
    find: ({ diagnostics }) =>
      diagnostics
        .filter(({ code, severity }) => severity === 'error' && !reportedApart.has(code))
        .map(placeOfDiagnostic),
  },
  {
    code: 'LK726',
    severity: 'notice',
    title: 'Letter case, a dot at the end and the default port make no other host',
    before: 'The host is compared exactly, so this route matches no browser.',
    now: 'It answers, because a browser sends host names in lower case.',
    todo: 'Make sure that the route is meant to be reached.',
    find: (subject) =>
      keysInForce(subject, 'from')
        .filter(({ value }) => isOtherSpelling(textOf(value)))
        .map((key) => placeOfKey(subject, key)),
  },
  {
    code: 'LK727',
    severity: 'warning',
    title: 'A rewrite pattern matches the whole host',
    before:
      'A match of a part of the host is enough, and the rest stays in the target: `h.com` also matches `zzh.com.evil`.',
    now: 'The pattern has to match the whole host.',
    todo: 'Write the pattern for the whole host: `^(.*)\\.corp\\.example\\.com$`.',
    find: (subject) =>
      keysInForce(subject, 'from')
        .filter((key) => isRewrite(subject, key) && !/^\^.*\$$/.test(textOf(key.value)))
        .map((key) => ({ ...placeOfValue(subject, key), about: textOf(key.value) })),
  },
  {
    code: 'LK728',
    severity: 'notice',
    title: '`flush_interval` is not needed',
    before: 'Without it there are no streams and no WebSockets, and with it no `timeout`.',
    now: 'Both work on every route, and `timeout` is how long an answer may take to begin.',
    todo: 'Remove it. Raise `timeout` where the application is slow to begin.',
    find: writtenOption('flush_interval'),
  },
  {
    code: 'LK729',
    severity: 'notice',
    title: '`header_overrides` replaces',
    before:
      'For all headers but three, the client receives two values, and `Strict-Transport-Security` cannot be set.',
    now: 'The value of the file takes the place of the one of the application, for every header.',
    todo: 'Make sure that the value is the one you want.',
    find: writtenOption('header_overrides'),
  },
  {
    code: 'LK730',
    severity: 'notice',
    title: 'A header that only the proxy sets',
    before: '`inject_request_headers` sets it, unless it is one of the identity headers.',
    now: 'Every header of this family is set only by the proxy, so that applications can trust it.',
    todo: 'Choose another name.',
    find: (subject) =>
      optionKeysInForce(subject, 'inject_request_headers')
        .flatMap(({ path }) => subject.source.childrenOf(path))
        .filter(({ path }) => isReserved(path.at(-1) ?? ''))
        .map((key) => ({ ...placeOfKey(subject, key), about: key.path.at(-1) ?? '' })),
  },
  {
    code: 'LK731',
    severity: 'warning',
    title: 'A value that switches something off takes effect',
    before:
      '`false` and an empty list cannot switch off an option that an extra route inherits from its section.',
    now: 'The value that is written applies.',
    todo: 'Make sure that it is meant.',
    find: switchedOff,
  },
  {
    code: 'LK732',
    severity: 'warning',
    title: '`provider_slug` takes effect',
    before: 'It is read and ignored: everybody signs in with `UPSTREAM_DEFAULT_PROVIDER`.',
    now: 'People sign in with this provider.',
    todo: 'Make sure that auth has a provider with this slug, or remove it.',
    find: providersOfTheirOwn,
  },
  {
    code: 'LK733',
    severity: 'warning',
    title: '`pass_access_token` takes effect',
    before: 'Below `options` it has no effect.',
    now: "The application is sent the person's access token of the provider, as `X-Forwarded-Access-Token`.",
    todo: 'Remove it if the application does not use the token: with the token one can act for the person at the provider.',
    find: writtenOption('pass_access_token', isOn),
  },
  {
    code: 'LK734',
    severity: 'notice',
    title: 'A path in `to`, and the path of the request behind it',
    before: 'Behind a path in `to` the path of the request is decoded: `/a%2Fb` arrives as `/a/b`.',
    now: 'It arrives byte for byte. A path that would leave the path of `to` by dot segments is refused with 400.',
    todo: 'Nothing, unless the application relies on the decoding.',
    find: (subject) =>
      keysInForce(subject, 'to')
        .filter(({ value }) => /^[^/?#]+\/./.test(withoutScheme(textOf(value))))
        .map((key) => placeOfKey(subject, key)),
  },
  {
    code: 'LK735',
    severity: 'warning',
    title: 'A host name cannot lead to the machine of the proxy',
    before: 'A rewrite route connects to any address that its template makes from the host name.',
    now: 'Where a group is in the host or port of `to`, loopback, link-local and metadata addresses are refused with 502.',
    todo: 'Nothing, unless such a route leads to localhost. Then name its applications in routes of their own, or set `UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS=true`.',
    find: (subject) =>
      keysInForce(subject, 'to')
        .filter((key) => isRewrite(subject, key) && /^[^/?#]*\$[\w{]/.test(withoutScheme(textOf(key.value))))
        .map((key) => placeOfKey(subject, key)),
  },
];

function isOtherSpelling(from: string): boolean {
  const host = withoutScheme(from);
  // A pattern has a case of its own.
  return /^[A-Za-z0-9.:_-]+$/.test(host) && (/[A-Z]/.test(host) || /\.(?::\d+)?$|:(?:80|443)$/.test(host));
}

function withoutScheme(address: string): string {
  return address.replace(/^[a-z]+:\/\//i, '');
}

/** Whether a `from` or `to` is that of a rewrite; an extra route may have its type from the section around it. */
function isRewrite({ source }: MigrationSubject, { path }: SourceKey): boolean {
  const around = path.slice(0, -1);
  const section = path.slice(0, path[0] === 'services' ? 3 : 2);
  const typeIn = (place: readonly string[]): string | undefined =>
    source
      .childrenOf(place)
      .filter((key) => key.path.at(-1) === 'type')
      .map(({ value }) => textOf(value))[0];
  return (typeIn(around) ?? typeIn(section) ?? typeIn([...section.slice(0, -1), 'default'])) === 'rewrite';
}

function providersOfTheirOwn(subject: MigrationSubject): RulePlace[] {
  return optionKeysInForce(subject, 'provider_slug')
    .filter(({ value }) => textOf(value) !== '' && textOf(value) !== subject.defaultProvider)
    .map((key) => placeOfKey(subject, key));
}

import type { AccessRules } from '@latchkey/access';
import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { Options } from '../shape/options.ts';
import { unreadableValue, readable, readableOf } from '../shape/reader.ts';
import type { Bearer, Position, UpstreamDefaults } from '../types.ts';
import { hasTokenRule } from './bearer.ts';
import type { Draft } from './drafts.ts';

type Entries = Options['allowed_groups'];

const settingOf = {
  groups: { option: 'allowed_groups', variable: 'UPSTREAM_DEFAULT_GROUPS' },
  emailDomains: { option: 'allowed_email_domains', variable: 'UPSTREAM_DEFAULT_EMAIL_DOMAINS' },
  emailAddresses: { option: 'allowed_email_addresses', variable: 'UPSTREAM_DEFAULT_EMAIL_ADDRESSES' },
} as const;

const ruleKinds = ['groups', 'emailDomains', 'emailAddresses'] as const;

/**
 * Who may use a route: each list as the file has it, or else as the environment has it. A route that nobody may use is an
 * error. An extra route that says nothing about it has what its service has, of which everything has been said.
 */
export function resolveRules(
  { options, extra }: Draft,
  at: Position,
  { defaults, bearer }: { defaults: UpstreamDefaults; bearer: Bearer | undefined },
  report: Report,
): AccessRules {
  const rules = {
    groups: listOf(options.allowed_groups, defaults.groups),
    emailDomains: listOf(options.allowed_email_domains, defaults.emailDomains).map(toLowerCase),
    emailAddresses: listOf(options.allowed_email_addresses, defaults.emailAddresses).map(toLowerCase),
  };
  if (!extra || writesRules(readable(extra.own.options))) reportKinds(rules, { options, bearer }, at, report);
  reportEntries(options, report);
  return rules;
}

function listOf(entries: Entries, fallback: readonly string[]): readonly string[] {
  return isEmpty(entries) ? fallback : readableOf(entries).map((entry) => entry.value.trim());
}

function writesRules(options: Options | undefined): boolean {
  return (
    options?.policy !== undefined || ruleKinds.some((kind) => options?.[settingOf[kind].option] !== undefined)
  );
}

/** One that cannot be read holds something. */
function isEmpty(entries: Entries): boolean {
  return entries === undefined || (entries !== unreadableValue && entries.length === 0);
}

function reportKinds(
  rules: AccessRules,
  { options, bearer }: { options: Options; bearer: Bearer | undefined },
  at: Position,
  report: Report,
): void {
  const named = ruleKinds.filter((kind) => rules[kind].length > 0);
  const letsIn = mayLetIn(options);
  const isForTokens = bearer !== undefined && hasTokenRule(bearer);
  if (
    named.length === 0 &&
    !isForTokens &&
    !letsIn &&
    ruleKinds.every((kind) => isEmpty(options[settingOf[kind].option]))
  ) {
    const message =
      'missing setting: ALLOWED_EMAIL_DOMAINS, ALLOWED_EMAIL_ADDRESSES, ALLOWED_GROUPS default in environment or override in upstream config: write `allowed_groups` or one of the others below `options:`';
    report('noRule', at, message);
  }
  if (named.length + Number(letsIn) > 1) {
    const kinds = named.map((kind) => templatedText(kind, options));
    const sources = [...kinds, ...(letsIn ? ['`allow_if`'] : [])].join(' and ');
    report(
      'severalKinds',
      at,
      `${sources} each give access on their own: keep only the kind of rule that is required`,
    );
  }
  for (const kind of named) {
    const { option, variable } = settingOf[kind];
    if (options[option] !== undefined && isEmpty(options[option])) {
      const message = `The empty \`${option}\` does not remove ${variable}: write who has access`;
      report('emptyKeepsDefault', at, message);
    }
  }
}

/** A rule that cannot be read may be one. */
function mayLetIn({ policy }: Options): boolean {
  if (policy === undefined) return false;
  return (
    policy === unreadableValue ||
    policy.some((rule) => rule === unreadableValue || rule.allow_if !== undefined)
  );
}

function templatedText(kind: (typeof ruleKinds)[number], options: Options): string {
  const { option, variable } = settingOf[kind];
  return isEmpty(options[option]) ? variable : `\`${option}\``;
}

function reportEntries(options: Options, report: Report): void {
  for (const { option } of Object.values(settingOf)) {
    const entries = readableOf(options[option]);
    const wildcard = entries.find((entry) => entry.value === '*');
    if (wildcard && entries.length > 1) {
      report(
        'wildcardNotAlone',
        wildcard.at,
        '`*` together with other entries matches nobody: keep only `*`, or remove it',
      );
    }
  }
  for (const { value, at } of readableOf(options.allowed_groups)) {
    if (/[,\p{Cc}]/u.test(value.trim())) {
      const message = `${quote(value)} cannot stand in \`X-Forwarded-Groups\`, so the application does not receive it: give the group a name without commas and control characters`;
      report('groupUnsayable', at, message);
    }
  }
  for (const { value, at } of readableOf(options.allowed_email_domains)) {
    if (value !== '*' && /[@*\s]|^\./.test(value)) {
      report(
        'entryNeverMatches',
        at,
        `No address has the domain ${quote(value)}: write it like \`example.com\``,
      );
    }
  }
  for (const { value, at } of readableOf(options.allowed_email_addresses)) {
    if (value !== '*' && !/^[^@\s]+@[^@\s*]+$/.test(value)) {
      report('entryNeverMatches', at, `${quote(value)} is not an address: write it like \`ann@example.com\``);
    }
  }
}

function toLowerCase(text: string): string {
  return text.toLowerCase();
}

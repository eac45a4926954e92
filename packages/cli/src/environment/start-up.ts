import { readSigningKeys } from '@latchkey/identity';
import { loadAuthSettings, loadProxySettings } from '@latchkey/settings';
import type { DeprecatedName, Loaded } from '@latchkey/settings';
import { findingOf } from '../finding.ts';
import type { Finding, FindingKind } from '../finding.ts';
import { lints } from '../lints/table.ts';
import { environmentOf } from './env-file.ts';
import type { EnvEntry } from './env-file.ts';
import { readProxyPartly, secretFilesElsewhere, variableOf } from './read-settings.ts';
import type { ServiceName } from './services.ts';

/** What a service says about its environment when it starts; each line begins with the name of a variable. */
export type StartUp = {
  errors: readonly string[];
  warnings: readonly string[];
  deprecated: readonly string[];
  /** The older names that `deprecated` is about, and what each stands for. */
  olderNames: readonly DeprecatedName[];
};

/** The variables of a service, and which of them are older names. */
export type ServiceEntries = { entries: readonly EnvEntry[]; olderNames: readonly DeprecatedName[] };

/** These belong into a secret store, so that an env file under version control does not have them. */
const KEPT_ELSEWHERE =
  /^(?:CLIENT_SECRET|CLIENT_PROXY_SECRET|SESSION_COOKIE_SECRET|SESSION_KEY|PROVIDER_[^_]+_CLIENT_SECRET|PROVIDER_[^_]+_COGNITO_CREDENTIALS_SECRET)$/;

/** What a service would say when it starts with these variables. */
export function startUpOf(service: ServiceName, env: Record<string, string>): StartUp {
  if (service === 'auth') return saidBy(loadAuthSettings(env, secretFilesElsewhere));
  const loaded = loadProxySettings(env, secretFilesElsewhere);
  const said = saidBy(loaded);
  return { ...said, errors: [...said.errors, ...signingProblems(env)] };
}

/** The same as findings, each at the line of its variable. */
export function startUpFindings(service: ServiceName, entries: readonly EnvEntry[]): Finding[] {
  const { errors, warnings, olderNames } = startUpOf(service, environmentOf(entries));
  const own = { entries, olderNames };
  const isMissing = (name: string): boolean => entryOf(name, own) === undefined;
  return [
    ...errors.map((message) => {
      const name = variableOf(message);
      return KEPT_ELSEWHERE.test(name) && isMissing(name)
        ? settingFinding(lints.settingElsewhere, `${message}. It may come from a secret store`, own)
        : settingFinding(lints.settingRefused, message, own);
    }),
    ...warnings.map((message) => settingFinding(lints.settingDoubtful, message, own)),
  ];
}

/** A line about a variable, at its place; where that is not set, at that of the one that calls for it. */
export function settingFinding(kind: FindingKind, message: string, own: ServiceEntries): Finding {
  const name = variableOf(message);
  const entry = entryOf(name, own) ?? entryThatCallsFor(name, message, own);
  const file = (entry ?? own.entries[0])?.file ?? 'environment';
  return findingOf(kind, { file, line: entry?.line ?? 1, column: 1 }, message);
}

/** The line that sets a variable, also by an older name of it. */
export function entryOf(variable: string, { entries, olderNames }: ServiceEntries): EnvEntry | undefined {
  return entries.findLast(({ name }) => namesOf(name, olderNames).includes(variable));
}

/** Another variable that the message names, or, of a provider, any that says that there is such a provider. */
function entryThatCallsFor(variable: string, message: string, own: ServiceEntries): EnvEntry | undefined {
  const isNotSet = /^\w+: not set/.test(message);
  const others = isNotSet ? [] : (message.match(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g) ?? []);
  const named = others.map((other) => entryOf(other, own)).find((entry) => entry !== undefined);
  const prefix = /^PROVIDER_(?!URL_)[^_]+_/.exec(variable)?.[0];
  if (named || prefix === undefined) return named;
  return own.entries.find(({ name }) => namesOf(name, own.olderNames).some((one) => one.startsWith(prefix)));
}

function namesOf(written: string, olderNames: readonly DeprecatedName[]): string[] {
  const name = written.toUpperCase();
  return [name, ...olderNames.flatMap((older) => (older.name === name ? (older.instead ?? []) : []))];
}

/** Keys in files of the container are not here to be looked at. */
function signingProblems(env: Record<string, string>): readonly string[] {
  const here = Object.entries(env).filter(([name]) => !/SIGN(?:ING|ER|ATURE)_KEY_FILE$/i.test(name));
  const settings = readProxyPartly(Object.fromEntries(here))?.settings;
  if (!settings) return [];
  const variables = settings.upstream.templateVariables;
  const keys = readSigningKeys({ variables, rsaKey: settings.requestSignerKey });
  return 'problems' in keys ? keys.problems : [];
}

function saidBy(loaded: Loaded<unknown>): StartUp {
  const { warnings } = loaded;
  const deprecated = warnings.filter((message) =>
    loaded.deprecated.some(({ name }) => message.startsWith(`${name}:`)),
  );
  return { errors: loaded.ok ? [] : loaded.errors, warnings, deprecated, olderNames: loaded.deprecated };
}

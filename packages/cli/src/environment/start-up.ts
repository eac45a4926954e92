import { readSigningKeys } from '@latchkey/identity';
import { loadAuthSettings, loadProxySettings } from '@latchkey/settings';
import type { Loaded } from '@latchkey/settings';
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
};

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
  const { errors, warnings } = startUpOf(service, environmentOf(entries));
  const isMissing = (name: string): boolean => !entries.some((entry) => entry.name.toUpperCase() === name);
  return [
    ...errors.map((message) => {
      const name = variableOf(message);
      return KEPT_ELSEWHERE.test(name) && isMissing(name)
        ? settingFinding(lints.settingElsewhere, `${message}. It may come from a secret store`, entries)
        : settingFinding(lints.settingRefused, message, entries);
    }),
    ...warnings.map((message) => settingFinding(lints.settingDoubtful, message, entries)),
  ];
}

/** A line about a variable, at its place. */
export function settingFinding(kind: FindingKind, message: string, entries: readonly EnvEntry[]): Finding {
  const name = variableOf(message);
  const entry = entries.findLast((candidate) => candidate.name.toUpperCase() === name);
  const file = (entry ?? entries[0])?.file ?? 'environment';
  return findingOf(kind, { file, line: entry?.line ?? 1, column: 1 }, message);
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
  return { errors: loaded.ok ? [] : loaded.errors, warnings, deprecated };
}

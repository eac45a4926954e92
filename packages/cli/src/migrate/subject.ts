import { loadAuthSettings, loadProxySettings } from '@latchkey/settings';
import type { Loaded } from '@latchkey/settings';
import { secretFilesElsewhere, settingFinding } from '../deployment.ts';
import type { Deployment } from '../deployment.ts';
import { environmentOf } from '../env-file.ts';
import type { EnvEntry } from '../env-file.ts';
import { sourceOf } from '../source/source.ts';
import type { UpstreamFile } from '../upstream-file.ts';
import type { MigrationSubject, Place } from './rule.ts';

/** Variables by which one can tell whose environment it is; the proxy's `PROVIDER_URL_…` looks like a provider of auth. */
const OF_AUTH =
  /^(?:SERVER_HOST|HOST|SESSION_KEY|AUTH_CODE_SECRET|AUTHORIZE_\w+|CLIENT_PROXY_\w+|PROVIDER_(?!URL_)[^_]+_\w+)$/;
const OF_PROXY = /^(?:UPSTREAM_\w+|PROVIDER_URL(?:_\w+)?|SSO_CONFIG_\w+|SESSION_TTL_\w+|CLIENT_ID)$/;

/** Puts together what the rules look through. */
export function migrationSubject(
  { file, text, table, diagnostics }: UpstreamFile,
  { upstream, entries }: Deployment,
): MigrationSubject {
  const byFile = [...Map.groupBy(entries, (entry) => entry.file).values()];
  return {
    file,
    cluster: upstream.cluster,
    source: sourceOf(text),
    table,
    diagnostics,
    entries,
    defaultProvider: upstream.defaults.provider,
    refused: byFile.flatMap((own) => placesOf(own, errorsOf)),
    deprecated: byFile.flatMap((own) => placesOf(own, deprecationsOf)),
  };
}

/** What the services whose variables stand in a file say about it. */
function placesOf(entries: readonly EnvEntry[], linesOf: (loaded: Loaded<unknown>) => string[]): Place[] {
  const env = environmentOf(entries);
  const has = (pattern: RegExp): boolean => entries.some(({ name }) => pattern.test(name.toUpperCase()));
  const loaded = [
    ...(has(OF_PROXY) ? [loadProxySettings(env, secretFilesElsewhere)] : []),
    ...(has(OF_AUTH) ? [loadAuthSettings(env, secretFilesElsewhere)] : []),
  ];
  return loaded.flatMap(linesOf).map((about) => {
    const { file, line, column } = settingFinding({ code: '', severity: 'notice' }, about, entries);
    return { file, line, column, about };
  });
}

/** What is not set had to be set before as well, and may stand in another file. */
function errorsOf(loaded: Loaded<unknown>): string[] {
  return loaded.ok ? [] : loaded.errors.filter((message) => !/^\w+: not set/.test(message));
}

function deprecationsOf({ deprecated, warnings }: Loaded<unknown>): string[] {
  return warnings.filter((message) => deprecated.some(({ name }) => message.startsWith(`${name}:`)));
}

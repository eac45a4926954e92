import { loadProxySettings } from '@latchkey/settings';
import type { ProxySettings } from '@latchkey/settings';
import { environmentOf, readEnvFile } from './env-file.ts';
import type { EnvEntry } from './env-file.ts';
import { findingOf } from './finding.ts';
import type { Finding, FindingKind } from './finding.ts';
import type { Io } from './io.ts';
import { lints } from './lints/table.ts';
import { readText } from './read-text.ts';
import { UsageError } from './usage-error.ts';

/** One environment that the upstream file is read for: its section and what its variables say about upstreams. */
export type Deployment = {
  upstream: ProxySettings['upstream'];
  /** The variables of the env files in the order in which they stand. */
  entries: readonly EnvEntry[];
  /** What the proxy would say about the env files when it starts. */
  findings: readonly Finding[];
};

/** What passes for any secret: 32 bytes in base64. */
const STAND_IN_SECRET = Buffer.alloc(32).toString('base64');

/**
 * For the settings: `NAME_FILE` names a file of the container, which this machine does not have, or has another one in its
 * place. No secret is read here.
 */
export const secretFilesElsewhere = { readFile: (): string => STAND_IN_SECRET };

/** Required by the proxy, and none of them has a say about upstreams. */
const STAND_INS = {
  PROVIDER_URL_EXTERNAL: 'https://sso.invalid',
  CLIENT_ID: 'stand-in',
  CLIENT_SECRET: STAND_IN_SECRET,
  SESSION_COOKIE_SECRET: STAND_IN_SECRET,
};

/** One mistake may hide another, but not for long. */
const MOST_ATTEMPTS = 5;

/** These belong into a secret store, so that an env file under version control does not have them. */
const KEPT_ELSEWHERE: ReadonlySet<string> = new Set(['CLIENT_SECRET', 'SESSION_COOKIE_SECRET']);

/**
 * Reads the env files, if any, and settles for which cluster the upstream file is read. Nothing comes from the environment
 * of the command itself: a check shall say the same on every machine.
 */
export function readDeployment(
  options: { cluster?: string | undefined; 'env-file'?: string[] | undefined },
  io: Io,
): Deployment {
  const files = options['env-file'] ?? [];
  if (options.cluster === undefined && files.length === 0) {
    throw new UsageError(
      'write --cluster and the name of a section, or --env-file; --cluster "" reads `default` alone',
    );
  }
  const entries = readEntries(files, io);
  const env = environmentOf(entries);
  const upstream = upstreamSettings(env);
  const cluster = options.cluster ?? upstream.cluster;
  return {
    upstream: { ...upstream, cluster },
    entries,
    findings: files.length === 0 ? [] : startUpFindings(env, entries),
  };
}

/** A line that cannot be read may be the one that restricts, so nothing is said without it. */
function readEntries(files: readonly string[], io: Io): EnvEntry[] {
  const read = files.map((file) => ({ file, ...readEnvFile(file, readText(file, io)) }));
  const unreadable = read.flatMap(({ file, unreadable }) => unreadable.map((line) => `${file}:${line}`));
  if (unreadable.length > 0) {
    throw new UsageError(`neither NAME=value nor a comment: ${unreadable.join(', ')}`);
  }
  return read.flatMap(({ entries }) => entries);
}

/** A line of the settings, at the place of the variable that it begins with. */
export function settingFinding(kind: FindingKind, message: string, entries: readonly EnvEntry[]): Finding {
  const name = variableOf(message);
  const entry = entries.findLast((candidate) => candidate.name.toUpperCase() === name);
  const file = (entry ?? entries[0])?.file ?? 'environment';
  return findingOf(kind, { file, line: entry?.line ?? 1, column: 1 }, message);
}

/** The variable that a line of the settings is about. */
export function variableOf(message: string): string {
  return /^\w+/.exec(message)?.[0].toUpperCase() ?? '';
}

function startUpFindings(env: Record<string, string>, entries: readonly EnvEntry[]): Finding[] {
  const loaded = loadProxySettings(env, secretFilesElsewhere);
  const names = new Set(entries.map(({ name }) => name.toUpperCase()));
  const isElsewhere = (message: string): boolean =>
    KEPT_ELSEWHERE.has(variableOf(message)) && !names.has(variableOf(message));
  return [
    ...(loaded.ok ? [] : loaded.errors).map((message) =>
      isElsewhere(message)
        ? settingFinding(lints.settingElsewhere, `${message}. It may come from a secret store`, entries)
        : settingFinding(lints.settingRefused, message, entries),
    ),
    ...loaded.warnings.map((message) => settingFinding(lints.settingDoubtful, message, entries)),
  ];
}

/**
 * What holds for upstreams, also where something else is wrong with the environment: what is refused is left out, and what
 * is then missing gets a stand-in.
 */
function upstreamSettings(env: Record<string, string>, attempts = MOST_ATTEMPTS): ProxySettings['upstream'] {
  const loaded = loadProxySettings(env, secretFilesElsewhere);
  if (loaded.ok) return loaded.settings.upstream;
  const faulty = new Set(loaded.errors.map(variableOf));
  const kept = Object.entries(env).filter(([name]) => !faulty.has(name.toUpperCase()));
  const missing = Object.entries(STAND_INS).filter(([name]) => faulty.has(name) && env[name] === undefined);
  if (attempts === 0) throw new UsageError(`the env file cannot be used: ${loaded.errors.join('; ')}`);
  return upstreamSettings(Object.fromEntries([...kept, ...missing]), attempts - 1);
}

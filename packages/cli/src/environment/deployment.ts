import { knowledgeOf } from '@latchkey/explain';
import type { AuthKnowledge, ProxyKnowledge } from '@latchkey/explain';
import type { AuthSettings, ProxySettings } from '@latchkey/settings';
import type { Finding } from '../finding.ts';
import type { Io } from '../io.ts';
import { readText } from '../io.ts';
import { UsageError } from '../exit.ts';
import { disagreements } from './agreement.ts';
import { readEnvFile } from './env-file.ts';
import type { EnvEntry } from './env-file.ts';
import { entriesOf } from './services.ts';
import { authStartUp, proxyStartUp, startUpFindings } from './start-up.ts';
import type { StartUp } from './start-up.ts';

/** One environment that the upstream file is read for: its section, and what the variables of both services say. */
export type Deployment = {
  readonly upstream: ProxySettings['upstream'];
  /** Undefined where no env file is about the proxy. */
  readonly proxy: ProxyKnowledge | undefined;
  /** Undefined where no env file is about auth. */
  readonly auth: AuthKnowledge | undefined;
  /** The variables of the env files in the order in which they stand. */
  readonly entries: readonly EnvEntry[];
  /** What the services would say about the env files when they start. */
  readonly findings: readonly Finding[];
};

/**
 * Reads the env files, if any, and settles for which cluster the upstream file is read. Nothing comes from the environment
 * of the command itself: a check shall say the same on every machine.
 */
export function readDeployment(
  options: { readonly cluster?: string | undefined; readonly 'env-file'?: readonly string[] | undefined },
  io: Io,
): Deployment {
  const files = options['env-file'] ?? [];
  if (options.cluster === undefined && files.length === 0) {
    throw new UsageError(
      'write --cluster and the name of a section, or --env-file; --cluster "" reads only `default`',
    );
  }
  const entries = readEntries(files, io);
  const ofProxy = files.length === 0 ? undefined : entriesOf('proxy', entries);
  const ofAuth = entriesOf('auth', entries);
  const proxy = proxyStartUp(ofProxy ?? []);
  const auth = ofAuth && authStartUp(ofAuth);
  const { upstream } = proxy.settings;
  return {
    upstream: { ...upstream, cluster: options.cluster ?? upstream.cluster },
    proxy: ofProxy && knowledgeOf(proxy.settings),
    auth: auth && knowledgeOfAuth(auth),
    entries,
    findings: [
      ...(ofProxy ? startUpFindings(proxy) : []),
      ...(auth ? startUpFindings(auth) : []),
      ...(ofProxy && auth ? disagreements(proxy, auth) : []),
    ],
  };
}

/** A line that cannot be read may be the one that restricts, so nothing is said without it. */
function readEntries(files: readonly string[], io: Io): EnvEntry[] {
  const read = files.map((file) => ({ file, ...readEnvFile(file, readText(file, io)) }));
  const unreadable = read.flatMap(({ file, unreadable }) => unreadable.map((line) => `${file}:${line}`));
  if (unreadable.length > 0) {
    throw new UsageError(`these lines are neither NAME=value nor a comment: ${unreadable.join(', ')}`);
  }
  return read.flatMap(({ entries }) => entries);
}

function knowledgeOfAuth({ settings, unknown }: StartUp<AuthSettings>): AuthKnowledge {
  const isKnown = (names: RegExp): boolean => ![...unknown].some((name) => names.test(name));
  const { emailDomains, emailAddresses, proxyDomains } = settings.authorize;
  const slugs = settings.providers.map(({ slug }) => slug);
  return {
    accounts: isKnown(/^AUTHORIZE_EMAIL_/) ? { emailDomains, emailAddresses } : undefined,
    slugs: isKnown(/^PROVIDER_.+_(?:TYPE|SLUG)$/) ? slugs : undefined,
    proxyDomains: isKnown(/^AUTHORIZE_PROXY_DOMAINS$/) ? proxyDomains : undefined,
  };
}

import { compilePolicy, mayLetIn } from '@latchkey/access';
import type { Policy } from '@latchkey/access';
import type { Report } from '../problems.ts';
import type { FileContents } from '../shape/file.ts';
import { readable, readableOf } from '../shape/reader.ts';
import type { Located } from '../shape/reader.ts';
import type { Options } from '../shape/options.ts';
import type { Cors, ProviderSlugs, RootSettings, Route, UpstreamDefaults, UpstreamInput } from '../types.ts';
import { resolveAssertionHeader } from './assertion.ts';
import { resolveBearer } from './bearer.ts';
import { resolveVia } from './connectors.ts';
import { refuseDeviceHeaders } from './device-headers.ts';
import { draftRoutes } from './drafts.ts';
import type { Draft } from './drafts.ts';
import type { ResolvePolicy } from './policy.ts';
import { resolveProtocol } from './protocol.ts';
import { kindOf, readReach } from './reach.ts';
import type { Reach } from './reach.ts';
import { resolveRules } from './rules.ts';
import { resolveTls } from './tls.ts';
import { resolveSigv4 } from './aws-sigv4.ts';
import { resolveClientIdentity } from './client-identity.ts';
import { resolveStartTls, resolveTcp } from './tcp.ts';
import { hasScheme } from './host.ts';
import { isSocket } from './target.ts';
import { resolveSshCertificate } from './ssh-certificate.ts';
import { resolveWaitFor } from './wait-for.ts';

/** A route and its hosts. */
export type ResolvedRoute = { route: Route; reach: Reach };

type Context = Pick<UpstreamInput, 'cluster' | 'scheme' | 'defaults' | 'lookAtFiles' | 'lookAtSshKey'> & {
  /** what the file says for all routes */
  root: RootSettings;
  resolvePolicy: ResolvePolicy;
  /** of `root`, without the names of the facts */
  deviceHeaders: ReadonlySet<string>;
};

/** What the services of a file become in one cluster. What is wrong is reported; routes without a host are left out. */
export function resolveRoutes(
  file: FileContents,
  given: Omit<Context, 'deviceHeaders'>,
  report: Report,
): ResolvedRoute[] {
  const context = { ...given, deviceHeaders: new Set(given.root.deviceHeaders.values()) };
  const drafts = draftRoutes(file, context.cluster, report);
  const shared = namesInUseTwice(drafts);
  const resolved = drafts
    .map((draft) => resolveRoute(draft, shared.has(draft.service), context, report))
    .filter((route) => route !== undefined);
  return withUniqueIds(resolved);
}

// The names of services are free text, and `a@b` may be one.
function withUniqueIds(resolved: readonly ResolvedRoute[]): ResolvedRoute[] {
  const taken = new Set<string>();
  const lastNumbers = new Map<string, number>();
  return resolved.map(({ route, reach }) => {
    let { id } = route;
    let number = lastNumbers.get(id) ?? 1;
    while (taken.has(id)) {
      number += 1;
      id = `${route.id}#${number}`;
    }
    lastNumbers.set(route.id, number);
    taken.add(id);
    return { route: { ...route, id }, reach };
  });
}

function namesInUseTwice(drafts: readonly Draft[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { service, extra } of drafts) {
    if (extra) continue;
    if (seen.has(service)) shared.add(service);
    seen.add(service);
  }
  return shared;
}

// Shorter than nearly every server keeps them: Node, uvicorn and Apache for five seconds, nginx for 75.
/** How long an idle connection is kept where nothing is said. */
export const defaultKeepAliveMs = 4_000;

/** With an error there will be no table, so it does not matter what stands here for what cannot be read. */
function resolveRoute(
  draft: Draft,
  nameIsShared: boolean,
  context: Context,
  report: Report,
): ResolvedRoute | undefined {
  const { options, extra } = draft;
  const { defaults } = context;
  const at = extra ? draft.at : (readable(draft.from)?.at ?? draft.at);
  const writtenRules = context.resolvePolicy(options.policy, report);
  const tcp = resolveTcp(options, { to: readable(draft.to), at }, report);
  const bearer = resolveBearer(options, { at, root: context.root, isTcp: tcp !== undefined }, report);
  const rules = resolveRules(draft, at, { defaults, bearer }, report);
  const reach = readReach(draft, context.scheme, report);
  const durationOf = (option: 'timeout' | 'reset_deadline' | 'keep_alive', fallback: number): number =>
    resolveDuration(option, readable(options[option]), fallback, report);
  const timeoutMs = durationOf('timeout', defaults.timeoutMs);
  const resetDeadlineMs = durationOf('reset_deadline', defaults.resetDeadlineMs);
  const keepAliveMs = durationOf('keep_alive', defaultKeepAliveMs);
  const injectRequestHeaders = readable(options.inject_request_headers) ?? [];
  const assertionHeader = resolveAssertionHeader(
    readable(options.assertion_header),
    injectRequestHeaders,
    report,
  );
  const { deviceHeaders } = context;
  refuseDeviceHeaders({ injectRequestHeaders, assertionHeader }, deviceHeaders, at, report);
  const cors = corsOf(options);
  const startTls = resolveStartTls(options, readable(draft.to), report);
  const identity = resolveClientIdentity(
    options,
    {
      kind: kindOf(draft.type),
      isTcp: tcp !== undefined,
      severalProviders: providersOf(options, defaults).length > 1,
      isSecure: startTls !== undefined || isSecure(readable(draft.to)?.value, context.scheme),
    },
    report,
  );
  const tls = resolveTls(options, { at, reach, startTls, identity, ...context }, report);
  const protocol = resolveProtocol(readable(options.protocol), reach, report);
  const maxAuthAgeMs = resolveLimit('max_auth_age', readable(options.max_auth_age), report);
  const idleTimeoutMs = resolveLimit('idle_timeout', readable(options.idle_timeout), report);
  const from = readable(draft.from);
  const kind = kindOf(draft.type);
  const waitFor = resolveWaitFor(options.wait_for, kind, report);
  const via = resolveVia(options, { kind, reach, waitFor, root: context.root }, report);
  const ssh = resolveSshCertificate(options, { isTcp: tcp !== undefined, ...context }, report);
  const awsSigv4 = resolveSigv4(
    options.aws_sigv4,
    { kind, reach, injectRequestHeaders, assertionHeader },
    report,
  );
  if (!from || !kind || !reach) return undefined;

  const to = kind === 'launcher' ? undefined : readable(draft.to);
  const access = {
    rules,
    // Nothing of a TCP route is public, whatever is inherited.
    publicPaths: tcp === undefined ? readableOf(options.skip_auth_regex) : [],
    skipAuthPreflight: tcp === undefined && (readable(options.skip_auth_preflight) ?? false),
    ...(bearer && { bearer }),
    writtenRules,
    tags: readableOf(options.tags).map(({ value }) => value.trim()),
  };
  const policy = compilePolicy({
    ...access,
    guardrail: context.root.guardrail,
    about: { service: draft.service, tags: access.tags },
  });
  const exchangesTokens = bearer !== undefined && letsInExchanger(policy, context.root);
  return {
    reach,
    route: {
      id: extra || nameIsShared ? `${draft.service}@${from.value}` : draft.service,
      service: draft.service,
      from: from.value,
      ...(to && { to: to.value }),
      ...('host' in reach && { host: reach.host }),
      kind,
      ...(tcp && { tcp }),
      ...(ssh && { sshCertificate: ssh }),
      ...access,
      ...(exchangesTokens && { exchangesTokens }),
      policy,
      passAccessToken: readable(options.pass_access_token) ?? false,
      allowRootServiceWorker: readable(options.allow_root_service_worker) ?? false,
      forwardAuth: readable(options.forward_auth) ?? false,
      providerSlugs: providersOf(options, defaults),
      ...(maxAuthAgeMs !== undefined && { maxAuthAgeMs }),
      ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
      ...(cors && { cors }),
      allowedOrigins: readableOf(options.allowed_origins),
      ...(deviceHeaders.size > 0 && { deviceHeaders }),
      stripRequestHeaders: readableOf(options.strip_request_headers),
      injectRequestHeaders,
      headerOverrides: readable(options.header_overrides) ?? [],
      assertionHeader,
      assertionClaims: readable(options.assertion_claims) ?? [],
      timeoutMs,
      resetDeadlineMs,
      keepAliveMs,
      preserveHost: readable(options.preserve_host) ?? false,
      preserveLocation: readable(options.preserve_location) ?? false,
      protocol,
      tlsSkipVerify: readable(options.tls_skip_verify) ?? false,
      tls,
      ...(identity && { clientIdentity: identity.identity }),
      ...(startTls && { startTls }),
      skipRequestSigning: readable(options.skip_request_signing) ?? false,
      ...(via !== undefined && { via }),
      ...(waitFor && { waitFor }),
      ...(awsSigv4 && { awsSigv4 }),
      ...(draft.launcher && { launcher: draft.launcher }),
      position: at,
    },
  };
}

// Also of a pattern, where a part of the host may say where it leads, and never how.
function isSecure(to: string | undefined, scheme: 'http' | 'https'): boolean {
  if (to === undefined || isSocket(to)) return to === undefined;
  return hasScheme(to) ? /^(?:https|tls):/i.test(to) : scheme === 'https';
}

// A role of AWS has nothing to exchange: its programs make themselves a token whenever they want one.
function letsInExchanger(policy: Policy, { serviceAccounts }: RootSettings): boolean {
  return serviceAccounts.values().some(({ tokens, workload, principal }) => {
    return (tokens.length > 0 || workload !== undefined) && mayLetIn(policy, principal);
  });
}

// What a person needs for a second factor, and clocks that differ, must not keep them from ever coming through.
const shortestLimitMs = 60_000;

/** Zero stands for no limit. */
function resolveLimit(
  option: string,
  written: Located<number> | undefined,
  report: Report,
): number | undefined {
  if (!written || written.value === 0) return undefined;
  if (written.value >= shortestLimitMs) return written.value;
  report('limitTooShort', written.at, `\`${option}\` is shorter than a sign-in takes: write \`1m\` or more`);
  return undefined;
}

function providersOf({ provider_slug: written }: Options, { provider }: UpstreamDefaults): ProviderSlugs {
  const [first, ...others] = readable(written) ?? [];
  return first === undefined ? [provider] : [first, ...others];
}

/** One without origins is none. */
function corsOf(options: Options): Cors | undefined {
  const cors = readable(options.cors);
  const origins = readableOf(cors?.origins);
  if (cors === undefined || origins.length === 0) return undefined;
  return {
    origins,
    methods: readableOf(cors.methods),
    headers: readableOf(cors.headers),
    credentials: readable(cors.credentials) ?? false,
    maxAgeMs: readable(cors.max_age)?.value || undefined,
  };
}

/** Zero is no duration to wait for: it stands for the default. */
function resolveDuration(
  option: string,
  written: Located<number> | undefined,
  fallback: number,
  report: Report,
): number {
  if (!written) return fallback;
  if (written.value > 0) return written.value;
  report('emptyKeepsDefault', written.at, `\`${option}: 0\` keeps the default: write a duration`);
  return fallback;
}

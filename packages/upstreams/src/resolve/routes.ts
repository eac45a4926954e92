import type { Report } from '../problems.ts';
import type { UpstreamFile } from '../shape/file.ts';
import type { Located } from '../shape/reader.ts';
import type { Route, UpstreamInput } from '../types.ts';
import { draftRoutes } from './drafts.ts';
import type { Draft } from './drafts.ts';
import { readKind, readReach } from './reach.ts';
import type { Reach } from './reach.ts';
import { resolveRules } from './rules.ts';

/** A route and its hosts. */
export type ResolvedRoute = { route: Route; reach: Reach };

const FROM_MISSING = 'missing `from` parameter: write the host name, `from: wiki.corp.example.com`';
const TO_MISSING = 'missing `to` parameter: write the address of the application, `to: http://wiki.internal`';

type Context = Pick<UpstreamInput, 'cluster' | 'scheme' | 'defaults'>;

/** What the services of a file become in one cluster. Routes with errors are reported and left out. */
export function resolveRoutes(file: UpstreamFile, context: Context, report: Report): ResolvedRoute[] {
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
  return resolved.map(({ route, reach }) => {
    let { id } = route;
    for (let next = 2; taken.has(id); next++) id = `${route.id}#${next}`;
    taken.add(id);
    return { route: { ...route, id }, reach };
  });
}

function namesInUseTwice(drafts: readonly Draft[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { service, isExtra } of drafts) {
    if (isExtra) continue;
    if (seen.has(service)) shared.add(service);
    seen.add(service);
  }
  return shared;
}

function resolveRoute(
  draft: Draft,
  nameIsShared: boolean,
  context: Context,
  report: Report,
): ResolvedRoute | undefined {
  const { from, to, options } = draft;
  const { defaults } = context;
  const at = draft.isExtra ? draft.at : (from?.at ?? draft.at);
  const kind = readKind(draft.type, report);
  const rules = resolveRules(options, at, defaults, report);
  if (!from) report('fromMissing', draft.at, FROM_MISSING);
  if (!to && kind !== 'launcher') report('toMissing', draft.at, TO_MISSING);
  const reach = from && kind && readReach(kind, from, draft, context.scheme, report);
  if (!from || !kind || !reach) return undefined;

  return {
    reach,
    route: {
      id: draft.isExtra || nameIsShared ? `${draft.service}@${from.value}` : draft.service,
      service: draft.service,
      from: from.value,
      ...(to && kind !== 'launcher' && { to: to.value }),
      ...('host' in reach && { host: reach.host }),
      kind,
      rules,
      publicPaths: options.skip_auth_regex ?? [],
      skipAuthPreflight: options.skip_auth_preflight ?? false,
      passAccessToken: options.pass_access_token ?? false,
      providerSlug: options.provider_slug || defaults.provider,
      injectRequestHeaders: options.inject_request_headers ?? [],
      headerOverrides: options.header_overrides ?? [],
      timeoutMs: durationOf('timeout', options.timeout, defaults.timeoutMs, report),
      resetDeadlineMs: durationOf('reset_deadline', options.reset_deadline, defaults.resetDeadlineMs, report),
      preserveHost: options.preserve_host ?? false,
      tlsSkipVerify: options.tls_skip_verify ?? false,
      skipRequestSigning: options.skip_request_signing ?? false,
      ...(draft.launcher && { launcher: draft.launcher }),
      position: at,
    },
  };
}

/** Zero is no duration to wait for: it stands for the default. */
function durationOf(
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

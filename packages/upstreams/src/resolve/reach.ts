import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import { unreadableValue, readable } from '../shape/reader.ts';
import type { Located } from '../shape/reader.ts';
import type { Route, Target } from '../types.ts';
import type { Draft, Written } from './drafts.ts';
import { parseFrom } from './host.ts';
import { readRewrite, refuseTemplate } from './rewrite.ts';
import type { HostPattern } from './rewrite.ts';
import { parseTarget, toInvalid } from './target.ts';

/** Which hosts a route answers for, and where they lead. */
export type Reach = { host: string; target: Target | undefined } | { pattern: HostPattern; source: string };

type Kind = Route['kind'];

const fromMissing = 'missing `from` parameter: write the host name, `from: wiki.corp.example.com`';
const toMissing = 'missing `to` parameter: write the address of the application, `to: http://wiki.internal`';
const fromInherited =
  'This extra route has no `from` of its own, and the host of its service is taken: write `from: other.corp.example.com` in it';

/** What `type` says; a route without one is simple. Undefined where it cannot be read. */
export function kindOf(type: Written): Kind | undefined {
  if (!type) return 'simple';
  if (type === unreadableValue) return undefined;
  const { value } = type;
  return value === 'simple' || value === 'rewrite' || value === 'launcher' ? value : undefined;
}

/**
 * What `type`, `from` and `to` say about a route, or a report of what is wrong with each. The hosts are known also where it
 * is not known where they lead, so that the same host in another route comes to light.
 */
export function readReach(draft: Draft, scheme: 'http' | 'https', report: Report): Reach | undefined {
  const kind = kindOf(draft.type);
  if (!kind) reportType(draft.type, report);
  const from = readFrom(draft, kind, report);
  const to = readTo(draft, kind, report);
  if (kind === 'rewrite') {
    const pattern = readRewrite(from, to, scheme, report);
    return pattern && from && { pattern, source: from.value };
  }
  if (!kind) {
    if (to) refuseTemplate(to, scheme, report);
    return undefined;
  }
  const host = from && readHost(from, report);
  // An extra route has the `to` of its service, and nobody wrote it for the launcher.
  if (kind === 'launcher' && to && !draft.extra) {
    report('launcherTarget', to.at, 'A launcher forwards nothing: remove `to`');
  }
  const target = kind === 'launcher' || !to ? undefined : readTarget(to, scheme, report);
  return host === undefined ? undefined : { host, target };
}

function reportType(type: Written, report: Report): void {
  if (!type || type === unreadableValue) return;
  const advice = 'write `simple`, `rewrite` or `launcher`, or leave it out';
  report('typeUnknown', type.at, `unknown routing config type ${quote(type.value)}: ${advice}`);
}

function readFrom(draft: Draft, kind: Kind | undefined, report: Report): Located<string> | undefined {
  const { at, from, extra } = draft;
  if (!extra || extra.hasFrom) {
    if (!from) report('fromMissing', at, fromMissing);
    return readable(from);
  }
  const parentKind = kindOf(extra.parent.type);
  if (!kind || !parentKind) return undefined;
  if (kind === parentKind) report('hostTaken', at, fromInherited);
  return kind === parentKind ? undefined : readable(from);
}

function readTo(draft: Draft, kind: Kind | undefined, report: Report): Located<string> | undefined {
  const { at, to, extra } = draft;
  // What the service lacks has been said of the service, unless it is a launcher, which lacks nothing.
  const isOwnLack = !extra || kindOf(extra.parent.type) === 'launcher';
  if (!to && isOwnLack && kind && kind !== 'launcher') report('toMissing', at, toMissing);
  return readable(to);
}

function readHost({ value, at }: Located<string>, report: Report): string | undefined {
  const requested = parseFrom(value);
  if (!requested) {
    const problem = `unable to url parse \`from\` parameter: ${quote(value)} is not a host name`;
    report('fromInvalid', at, `${problem}. ${fromAdvice(value)}`);
    return undefined;
  }
  if (requested.hasPath) {
    report('fromPath', at, `The route is for all paths of ${requested.host}: write only the host`);
  }
  return requested.host;
}

function fromAdvice(from: string): string {
  if (/[\^$()|\\+]|\.\*/.test(from)) return 'For a pattern, add `type: rewrite`';
  if (from.includes('*')) return 'For all hosts below a domain, write a pattern and add `type: rewrite`';
  return 'Write it like `wiki.corp.example.com`';
}

function readTarget(
  { value, at }: Located<string>,
  scheme: 'http' | 'https',
  report: Report,
): Target | undefined {
  const parsed = parseTarget(value, scheme);
  if (parsed.ok) return parsed.target;
  report('toInvalid', at, toInvalid(parsed.reason));
  return undefined;
}

import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { Located } from '../shape/reader.ts';
import type { Route, Target } from '../types.ts';
import type { Draft } from './drafts.ts';
import { parseFrom } from './host.ts';
import { readRewrite } from './rewrite.ts';
import type { HostPattern } from './rewrite.ts';
import { parseTarget } from './target.ts';

/** Which hosts a route answers for, and where they lead. */
export type Reach = { host: string; target: Target | undefined } | { pattern: HostPattern; source: string };

/** What `type` says; a route without one is simple. */
export function readKind(type: Located<string> | undefined, report: Report): Route['kind'] | undefined {
  if (!type) return 'simple';
  const { value, at } = type;
  if (value === 'simple' || value === 'rewrite' || value === 'launcher') return value;
  const advice = 'write `simple`, `rewrite` or `launcher`, or leave it out';
  report('typeUnknown', at, `unknown routing config type ${quote(value)}: ${advice}`);
  return undefined;
}

/** What `from` and `to` say about a route of this kind, or a report of what is wrong with them. */
export function readReach(
  kind: Route['kind'],
  from: Located<string>,
  { to, isExtra }: Draft,
  scheme: 'http' | 'https',
  report: Report,
): Reach | undefined {
  if (kind === 'rewrite') {
    const pattern = to && readRewrite(from, to, scheme, report);
    return pattern && { pattern, source: from.value };
  }
  const host = readHost(from, report);
  if (kind === 'launcher') {
    // An extra route has the `to` of its service, and nobody wrote it for the launcher.
    if (to && !isExtra) report('launcherTarget', to.at, 'A launcher forwards nothing: take `to` out');
    return host === undefined ? undefined : { host, target: undefined };
  }
  const target = to && readTarget(to, scheme, report);
  return host === undefined || !target ? undefined : { host, target };
}

function readHost({ value, at }: Located<string>, report: Report): string | undefined {
  const requested = parseFrom(value);
  if (!requested) {
    const problem = `unable to url parse \`from\` parameter: ${quote(value)} is not a host name`;
    report('fromInvalid', at, `${problem}. ${fromAdvice(value)}`);
    return undefined;
  }
  if (requested.hasPath) {
    report('fromPath', at, `The route answers for every path of ${requested.host}: write only the host`);
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
  const problem = `unable to url parse \`to\` parameter: ${parsed.reason}`;
  report('toInvalid', at, `${problem}. Write \`host[:port][/path]\``);
  return undefined;
}

import type { RuleOutcome } from '@latchkey/access';
import { errors } from '@latchkey/http';
import type { Paint } from '../output/paint.ts';
import { printable } from '../output/printable.ts';
import type { AskedRequest } from './request.ts';
import type { Asker, Verdict } from './verdict.ts';

/** A verdict for people: the facts, the rules, and what happens. */
export function renderVerdict(
  request: AskedRequest,
  asker: Asker,
  verdict: Verdict,
  file: string,
  paint: Paint,
): string {
  const { route, rules, allow, outcome, target } = verdict;
  const facts: Array<[label: string, text: string]> = [
    [
      'request',
      `${request.method} ${request.scheme}://${request.writtenHost}${request.rawPath}${request.query}`,
    ],
    ['host', request.authority?.host ?? 'cannot be read'],
    ['path', describePath(request)],
    ['person', describeAsker(asker)],
  ];
  if (route)
    facts.push(['route', `${route.id}, ${route.kind}, from ${route.from} (${file}:${route.position.line})`]);
  const lines = [
    ...facts.map(([label, text]) => `${paint.dim(label.padEnd(8))} ${printable(text)}`),
    '',
    ...rules.map((rule) => renderRule(rule, paint)),
    ...(rules.length === 0 ? [] : ['']),
    (allow ? paint.green : paint.red)(printable(outcome)),
    ...(target === undefined ? [] : [`forwarded to ${printable(target)}`]),
    ...notesOn(request, verdict).map((note) => `note: ${note}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** A verdict for programs. */
export function verdictJson(request: AskedRequest, asker: Asker, verdict: Verdict): object {
  const { allow, reason, error, outcome, target, route, rules } = verdict;
  return {
    allow,
    reason: reason ?? null,
    error: error ?? null,
    status: error === undefined ? null : errors[error].status,
    outcome,
    target: target ?? null,
    host: request.authority?.host ?? null,
    port: request.authority?.port ?? null,
    path: request.path ?? null,
    rawPath: request.rawPath,
    person: asker ? { email: asker.email, groups: asker.groups } : null,
    route: route
      ? { id: route.id, service: route.service, from: route.from, line: route.position.line }
      : null,
    rules,
    notes: notesOn(request, verdict),
  };
}

function renderRule({ rule, outcome }: RuleOutcome, paint: Paint): string {
  const colour = { hit: paint.green, miss: paint.yellow, 'not reached': paint.dim }[outcome];
  return `  ${colour(outcome.padEnd(11))}  ${printable(rule)}`;
}

function describePath({ path, rawPath }: AskedRequest): string {
  if (path !== undefined) return path;
  return `${rawPath} has two readings, so no public pattern applies to it`;
}

function describeAsker(asker: Asker): string {
  if (!asker) return 'nobody is signed in';
  const groups = asker.groups.length === 0 ? 'in no group' : `in ${asker.groups.join(', ')}`;
  return `${asker.email}, ${groups}`;
}

function notesOn(
  { scheme, path, rawPath }: AskedRequest,
  { route, allow, reason, rules }: Verdict,
): string[] {
  const notes: string[] = [];
  if (!route) return notes;
  if (scheme === 'http')
    notes.push('over http it is redirected to https first, unless SESSION_COOKIE_SECURE is false');
  if (rawPath === '/ping')
    notes.push('/ping is the health check of the proxy and is answered before all this');
  if (rawPath === '/robots.txt' || rawPath.startsWith('/oauth2/')) {
    notes.push('the proxy has addresses of its own here and answers those itself');
  }
  if (allow && path === undefined) {
    notes.push('where `to` has a path, a path that climbs out of it with dots is refused with 400');
  }
  if (reason === 'no_rule_matches' && rules.some(({ rule }) => rule.startsWith('allowed_groups'))) {
    notes.push('groups are compared letter by letter, capitals included');
  }
  return notes;
}

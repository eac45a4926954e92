import { explain, reasons } from '@latchkey/access';
import type { Reason, RuleOutcome, Subject } from '@latchkey/access';
import { errors, isNavigation, isPreflight } from '@latchkey/http';
import type { ErrorCode } from '@latchkey/http';
import type { Route, RouteTable } from '@latchkey/upstreams';
import { describeTarget } from '../describe.ts';
import type { AskedRequest } from './request.ts';

/** Who asks. `provider` is the one that signed the person in; left out, it is the one that the route asks for. */
export type Asker = { email: string; groups: readonly string[]; provider: string | undefined } | undefined;

/** What the proxy would do with a request, and why. */
export type Verdict = {
  allow: boolean;
  route: Route | undefined;
  /** Every rule of the route in the order in which they are asked. */
  rules: readonly RuleOutcome[];
  reason: Reason | undefined;
  /** The error that it would be answered with. */
  error: ErrorCode | undefined;
  /** What happens, in words. */
  outcome: string;
  /** Where it would be forwarded to. */
  target: string | undefined;
};

/** Decides about a request as the proxy does, stage by stage and with the same functions. */
export function decideAbout(request: AskedRequest, asker: Asker, table: RouteTable): Verdict {
  const { authority, path, method, headers } = request;
  if (!authority) return refused('bad_request', undefined, 'The host cannot be read.');
  const match = table.match(authority.host, authority.port);
  if (!match) return refused('unknown_host', undefined, `No route answers for ${authority.host}.`);

  const { route, target } = match;
  const question = { path, preflight: isPreflight(method, headers) };
  const { decision, outcomes } = explain(subjectOf(asker, route), route, question);
  const decided = { rules: outcomes, reason: decision.reason };
  const why = reasons[decision.reason];
  if (!decision.allow) return { ...refusedByRules(request, asker, route, decision.reason), ...decided };
  if (route.kind === 'launcher')
    return { ...allowed(route, `allowed: ${why} It is shown the launcher.`), ...decided };
  if (!target) {
    const verdict = refused('upstream_unreachable', route, '`to` gives no address for this host.');
    return { ...verdict, ...decided };
  }
  const address = forwardedTo(request, describeTarget({ ...target, query: '' }), target.query);
  return { ...allowed(route, `allowed: ${why}`), ...decided, target: address };
}

function subjectOf(asker: Asker, route: Route): Subject {
  if (!asker) return { kind: 'nobody', why: 'no_session' };
  if (asker.provider !== undefined && asker.provider !== route.providerSlug) {
    return { kind: 'nobody', why: 'session_other_provider' };
  }
  return { kind: 'person', email: asker.email, groups: asker.groups };
}

function refusedByRules(request: AskedRequest, asker: Asker, route: Route, reason: Reason): Verdict {
  const why = reasons[reason];
  if (reason === 'no_rule_matches' && asker) return refused('access_denied', route, why);
  if (isNavigation(request.method, request.headers)) {
    const outcome = `not allowed yet: redirected to sign in with ${route.providerSlug}. ${why}`;
    return { ...refused('not_signed_in', route, why), error: undefined, outcome };
  }
  return refused('not_signed_in', route, `${why} It is no page visit, so it is not redirected.`);
}

function refused(error: ErrorCode, route: Route | undefined, why: string): Verdict {
  const outcome = `not allowed: ${errors[error].status} ${error}. ${why}`;
  return { allow: false, route, rules: [], reason: undefined, error, outcome, target: undefined };
}

function allowed(route: Route, outcome: string): Verdict {
  return { allow: true, route, rules: [], reason: undefined, error: undefined, outcome, target: undefined };
}

function forwardedTo({ rawPath, query }: AskedRequest, base: string, ownQuery: string): string {
  const queries = [ownQuery, query.slice(1)].filter((part) => part !== '').join('&');
  return `${base}${rawPath}${queries === '' ? '' : `?${queries}`}`;
}

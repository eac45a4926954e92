import { decide, isGrant, isReason, isTransient } from '@latchkey/access';
import type { Decision, Reason } from '@latchkey/access';
import { ownEndpointAt } from '@latchkey/contract';
import type { PrincipalLine, RequestLine } from '@latchkey/contract';
import type { Route, RouteTable } from '@latchkey/upstreams';
import { factsOf, principalOf, readsMore } from './facts.ts';
import type { Unknown } from './facts.ts';

/** A request that would have been decided otherwise. */
export type Otherwise = {
  readonly kind: 'loses' | 'gains';
  /** the rule that would have decided, and why the request was let in or refused then */
  readonly rule: string;
  readonly was: string;
};

/** What a table makes of a request that was decided about, undefined for the same; or why that is not known. */
export type Judged = {
  /** undefined: anybody, without a sign-in */
  readonly who: string | undefined;
  /** the service of the route, or the host where no route is left */
  readonly where: string;
  readonly outcome: Otherwise | Unknown | undefined;
};

/** What is known besides the line: who its principal is, and the groups about which the log says who is in them. */
export type Background = { readonly about: PrincipalLine | undefined; readonly groups: readonly string[] };

/** Decides about a request of the log again. */
export function judge(
  line: RequestLine,
  time: string,
  table: RouteTable,
  background: Background,
): Judged | Unknown {
  const { user, host, reason } = line;
  if (reason === undefined || host === undefined || !isReason(reason)) return 'no_decision';
  // Decided about without path and method, which its line has all the same.
  if (line.question !== true && ownEndpointAt(line.path ?? '') !== undefined) return 'no_decision';
  if (isTransient(reason)) return 'unverified';
  const principal = principalOf(line, reason, background.about, background.groups);
  const route = table.match(host, undefined)?.route;
  const who = principal.kind === 'visitor' ? undefined : user;
  const where = route?.service ?? host;
  if (route !== undefined && readsMore(route.policy)) return { who, where, outcome: 'policy' };
  const decision =
    route === undefined ? noRoute : decide(principal, route.policy, factsOf(line, reason, time));
  const why = whyUnknown(line, decision, { route, who, about: background.about });
  return { who, where, outcome: why ?? otherwise(decision, reason) };
}

function whyUnknown(
  { method }: RequestLine,
  { allow, reason }: Decision,
  { route, who, about }: { route: Route | undefined; who: string | undefined; about: Background['about'] },
): Unknown | undefined {
  if (reason === 'groups_unknown') return about?.groups === undefined ? 'principal' : 'groups';
  if (allow) return undefined;
  if (who !== undefined && about === undefined && !who.includes('@')) return 'principal';
  return method === 'OPTIONS' && letsPreflights(route) ? 'preflight' : undefined;
}

function otherwise({ allow, rule, reason }: Decision, was: Reason): Otherwise | undefined {
  const passed = isGrant(was);
  if (allow === passed) return undefined;
  return { kind: passed ? 'loses' : 'gains', rule: rule ?? reason, was };
}

const noRoute: Decision = {
  allow: false,
  reason: 'no_rule_matches',
  rule: 'no route answers for this host',
  written: undefined,
};

function letsPreflights(route: Route | undefined): boolean {
  return route?.policy.forAnyone.some(({ grants }) => grants === 'preflight') === true;
}

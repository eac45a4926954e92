import { decide, isGrant, isReason, isTransient } from '@latchkey/access';
import type { Decision } from '@latchkey/access';
import { ownEndpointAt } from '@latchkey/contract';
import type { PrincipalLine, RequestLine } from '@latchkey/contract';
import type { Route, RouteTable } from '@latchkey/upstreams';
import { factsOf, principalOf, readsMore } from './facts.ts';
import type { Unknown } from './facts.ts';
import type { LoggedLine } from './read-line.ts';

/** Requests of one principal to one route that a rule would have decided otherwise. */
export type Difference = {
  /** undefined: anybody, without a sign-in */
  readonly who: string | undefined;
  /** the service of the route, or the host where no route is left */
  readonly where: string;
  readonly kind: 'loses' | 'gains';
  /** the rule that would have decided, and why the request was let in or refused then */
  readonly rule: string;
  readonly was: string;
  readonly requests: number;
  /** on how many days that would have been, of those on which they asked for it at all */
  readonly days: number;
  readonly ofDays: number;
};

/** What a file would have decided about the requests of a log. */
export type Replayed = {
  readonly requests: number;
  readonly compared: number;
  /** the days of the log, as `2026-11-26`, in UTC */
  readonly days: readonly string[];
  /** the most requests first */
  readonly differences: readonly Difference[];
  /** how many were not compared, and why not */
  readonly unknown: ReadonlyMap<Unknown, number>;
};

type Tally = Omit<Difference, 'days' | 'ofDays' | 'requests'> & {
  requests: number;
  readonly days: Set<string>;
  readonly asked: Set<string>;
};

/** Decides about the requests of a log again, one line after the other. */
export type Replay = { readonly look: (logged: LoggedLine) => void; readonly end: () => Replayed };

/**
 * Begins a replay. What the log does not say is counted, and not guessed.
 *
 * @param table the routes to decide by
 * @param named the groups that routes named when the log was written; undefined where nobody says, and then they are those
 *   that somebody was in
 */
export function createReplay(table: RouteTable, named: readonly string[] | undefined): Replay {
  const principals = new Map<string, PrincipalLine>();
  const seenGroups = new Set(named);
  const tallies = new Map<string, Tally>();
  const asked = new Map<string, Set<string>>();
  const days = new Set<string>();
  const unknown = new Map<Unknown, number>();
  let requests = 0;
  let compared = 0;
  let groups: readonly string[] = [...seenGroups];

  function learn(line: PrincipalLine): void {
    principals.set(keyOf(line.user, line.client_id), line);
    if (named !== undefined) return;
    for (const group of line.groups ?? []) seenGroups.add(group);
    if (seenGroups.size !== groups.length) groups = [...seenGroups];
  }

  function compare(line: RequestLine, day: string, time: string): Unknown | undefined {
    const { user, host, reason } = line;
    if (reason === undefined || host === undefined || !isReason(reason)) return 'no_decision';
    // Decided about without path and method, which its line has all the same.
    if (line.question !== true && ownEndpointAt(line.path ?? '') !== undefined) return 'no_decision';
    if (isTransient(reason)) return 'unverified';
    const about = user === undefined ? undefined : principals.get(keyOf(user, line.client_id));
    const principal = principalOf(line, reason, about, groups);
    const route = table.match(host, undefined)?.route;
    const where = route?.service ?? host;
    const who = principal.kind === 'visitor' ? undefined : user;
    const askedOn = dayOf(asked, keyOf(who, where), day);

    if (route !== undefined && readsMore(route.policy)) return 'policy';
    const facts = factsOf(line, reason, time);
    const decision = route === undefined ? noRoute : decide(principal, route.policy, facts);
    const passed = isGrant(reason);
    if (decision.reason === 'groups_unknown') return about?.groups === undefined ? 'principal' : 'groups';
    if (!decision.allow && who !== undefined && about === undefined && !who.includes('@')) return 'principal';
    if (!decision.allow && line.method === 'OPTIONS' && letsPreflights(route)) return 'preflight';
    if (decision.allow !== passed) tally(decision, passed ? 'loses' : 'gains');
    return undefined;

    function tally({ rule, reason: why }: Decision, kind: Difference['kind']): void {
      const text = rule ?? why;
      const key = JSON.stringify([who, where, kind, text, reason]);
      let found = tallies.get(key);
      if (found === undefined) {
        found = {
          who,
          where,
          kind,
          rule: text,
          was: reason ?? '',
          requests: 0,
          days: new Set(),
          asked: askedOn,
        };
        tallies.set(key, found);
      }
      found.requests++;
      found.days.add(day);
    }
  }

  return {
    look(logged) {
      if (logged.kind === 'principal') return learn(logged.line);
      requests++;
      const day = logged.time.slice(0, 10);
      days.add(day);
      const why = compare(logged.line, day, logged.time);
      if (why === undefined) compared++;
      else unknown.set(why, (unknown.get(why) ?? 0) + 1);
    },
    end: () => ({
      requests,
      compared,
      days: [...days].toSorted(),
      differences: [...tallies.values()]
        .map(({ days: on, asked: of, ...rest }) => ({ ...rest, days: on.size, ofDays: of.size }))
        .toSorted((a, b) => b.requests - a.requests),
      unknown,
    }),
  };
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

function keyOf(...names: readonly (string | undefined)[]): string {
  return JSON.stringify(names);
}

/** The days on which something was asked for, with this one. */
function dayOf(known: Map<string, Set<string>>, key: string, day: string): Set<string> {
  const days = known.get(key) ?? new Set();
  known.set(key, days.add(day));
  return days;
}

import type { IntrospectionResponse } from '@latchkey/contract';
import type { Clock } from '@latchkey/http';
import { clockSkewMs } from '@latchkey/session';
import type { Logger } from 'pino';
import type { Emit } from '@latchkey/telemetry';
import type { ProxyEvent } from '../telemetry/events.ts';
import { AuthUnavailable } from '../ask-auth.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { sealedAnewAfter } from './introspect.ts';
import type { SessionQuestion, Introspect } from './introspect.ts';
import { vouchedAt } from './session-state.ts';
import type { KnownSession, SessionState } from './session-state.ts';
import type { SessionTokens } from './session-token.ts';
import { groupsReportedSince, mergeReported } from './reported-groups.ts';

/** Whether a session stands: `unverified` when auth cannot be asked and last vouched for it longer ago than the grace period. */
export type Standing = 'stands' | 'ended' | 'unverified';

/** How long answers count, in milliseconds. */
export type CheckClocks = {
  /** an answer of auth is not asked for again before this, counted from the question (`SESSION_TTL_VALID`) */
  readonly validMs: number;
  /** and stands this much longer where auth cannot be asked (`SESSION_TTL_GRACEPERIOD`) */
  readonly gracePeriodMs: number;
};

/** So long the end of a session is to be remembered: a copy that was sealed last before it may claim that it was vouched for. */
export function keepEndsMs({ validMs, gracePeriodMs }: CheckClocks): number {
  return validMs + gracePeriodMs + clockSkewMs;
}

/** What a route needs to know about a session besides whether it stands. */
export type Needs = {
  readonly accessToken: boolean;
  /** the groups that it names; absent: all that any names */
  readonly groups?: readonly string[];
};

// While auth is away every session would wait for the time limit at each request; ask again after a pause instead, or as
// soon as auth has answered anybody.
const retryPauseMs = 10_000;

/**
 * Makes the check that asks auth whether a session still stands: about each cookie of it once, and from then on about any of
 * them at most once per `validMs`, never twice at a time. What auth goes by besides (who they are, when they signed in) is the
 * same in all, and what differs (audience, end) is looked at here. A failure to ask never ends a session; one that has ended is
 * over in every cookie that it comes in, unless auth says otherwise of that very cookie: what it no longer takes of one (a copy
 * that is over sooner, a seal of an older key) must not shut out a person whom it has signed in with the same `sid` again.
 *
 * @param options.groups the groups that routes name; another list than last time is a new question
 */
export function createSessionCheck(options: {
  introspect: Introspect;
  tokens: Pick<SessionTokens, 'renewed'>;
  groups: () => readonly string[];
  /** kept for `keepEndsMs` */
  ended: EndedSessions;
  clocks: CheckClocks;
  clock: Clock;
  /** how often auth has come back after being away */
  comebacks: () => number;
  /** hears of each session whose cookie has another value from now on */
  onRenewed?: (known: KnownSession) => void;
  log: Logger;
  emit?: Emit<ProxyEvent>;
}): (known: KnownSession, needs?: Needs) => Standing | Promise<Standing> {
  const { introspect, tokens, groups, ended, clocks, comebacks, onRenewed, log, emit } = options;
  const { elapsed } = options.clock;
  const underWay = new WeakMap<KnownSession | SessionState, Promise<void>>();
  const retryMs = Math.min(retryPauseMs, clocks.validMs);
  const graceMs = clocks.validMs + clocks.gracePeriodMs;
  const sealMs = sealedAnewAfter(clocks.gracePeriodMs);
  return function check(known, needs) {
    if (needs?.accessToken === true) known.state.needsAccessToken = true;
    const visit = { needs, at: elapsed() };
    return isDue(known, visit) ? askFirst(known, visit) : standingOf(known);
  };

  async function askFirst(known: KnownSession, visit: Visit): Promise<Standing> {
    // A question under way may be about the groups of another route, or those of before a reload, or from so long ago that the
    // session may have ended since; then there is a second one.
    for (let own = 0; own < 2 && isDue(known, visit);) own += await askOrJoin(known, visit.needs);
    return standingOf(known);
  }

  function standingOf(known: KnownSession): Standing {
    if (isOver(known)) return 'ended';
    return isWithinGrace(known) ? 'stands' : 'unverified';
  }

  // Also where auth cannot be asked about this one: it is read no more, and a sign-in brings another.
  function isOver(known: KnownSession): boolean {
    known.ended ||= ended.since(known.session, known.answeredAt);
    return known.ended;
  }

  function isWithinGrace(known: KnownSession): boolean {
    return elapsed() - vouchedAt(known) < graceMs && !mayBeForgotten(known);
  }

  // Its end may be among those that are not remembered any more.
  function mayBeForgotten({ sealedAt, answeredAt }: KnownSession): boolean {
    return Math.max(sealedAt, answeredAt) <= ended.forgottenAt() + clockSkewMs;
  }

  // The last answer about one group may be older than of the session.
  function forgetLapsedGroups(state: SessionState): void {
    const since = elapsed() - graceMs;
    if ([...state.reportedGroups.values()].every(({ at }) => at > since)) return;
    state.person = { ...state.person, ...groupsReportedSince(state.reportedGroups, since) };
  }

  // By when they came: the answer to what is asked from then on is not too old for them, however long it takes.
  function isDue(known: KnownSession, { needs, at }: Visit): boolean {
    if (known.ended) return false;
    const { session, state } = known;
    const { askedFor, needsAccessToken, openGroups } = state;
    return (
      isTimeFor(state, at) ||
      (isTimeFor(known, at) && standsAlone(known)) ||
      ended.since(session, known.askedAt) ||
      askedFor?.groups !== groups() ||
      (needsAccessToken && !askedFor.accessToken) ||
      (openGroups.size > 0 && needed(needs).some((group) => openGroups.has(group)))
    );
  }

  function isTimeFor({ askAgainAt, foundAwayAfter }: KnownSession | SessionState, at: number): boolean {
    return at >= askAgainAt || (foundAwayAfter !== undefined && foundAwayAfter < comebacks());
  }

  // What auth says of other cookies is not enough for this one: it has said nothing of it as yet, or nothing since another one
  // ended; or it has a newer seal for it, without which the next task, or auth itself after a restart, knows too little.
  function standsAlone(known: KnownSession): boolean {
    const { session, state, sealedAt, answeredAt } = known;
    return (
      answeredAt === -Infinity ||
      state.renewedAt > answeredAt ||
      elapsed() - sealedAt > sealMs ||
      ended.since(session, answeredAt) ||
      mayBeForgotten(known)
    );
  }

  function needed(needs: Needs | undefined): readonly string[] {
    const { groups: named } = needs ?? {};
    return named === undefined ? groups() : groups().filter((group) => named.includes(group));
  }

  // Gives how many questions of its own that took.
  async function askOrJoin(known: KnownSession, needs: Needs | undefined): Promise<0 | 1> {
    const { state } = known;
    const asking = underWay.get(known) ?? (standsAlone(known) ? undefined : underWay.get(state));
    if (asking !== undefined) {
      emit?.({ kind: 'question_shared' });
      await asking;
      return 0;
    }
    const question = ask(known, needs).finally(() => {
      underWay.delete(known);
      if (underWay.get(state) === question) underWay.delete(state);
    });
    underWay.set(known, question).set(state, question);
    await question;
    return 1;
  }

  async function ask(known: KnownSession, needs: Needs | undefined): Promise<void> {
    const { state } = known;
    const urgent = needed(needs);
    const question = {
      groups: groups(),
      ...(needs?.groups !== undefined && { needed: urgent }),
      accessToken: state.needsAccessToken,
    };
    const askedAt = elapsed();
    known.unansweredFor = undefined;
    const comebacksBefore = comebacks();
    try {
      const answer = await introspect(known.token, question);
      if (!answer.active) {
        known.ended = true;
        const { sid, family = sid } = known.session;
        return ended.add({ sid: family });
      }
      known.answeredAt = askedAt;
      learn(state, { answer, question, urgent, askedAt });
      askAgain(known, askedAt + clocks.validMs);
      if (answer.session !== undefined) {
        known.cookie = await tokens.renewed(known.session, answer.session);
        known.token = answer.session;
        known.sealedAt = askedAt;
        state.renewedAt = askedAt;
        onRenewed?.(known);
      }
    } catch (error) {
      const foundAwayAfter = error instanceof AuthUnavailable ? comebacksBefore : undefined;
      for (const subject of [known, state]) askAgain(subject, elapsed() + retryMs, foundAwayAfter);
      state.openGroups = state.openGroups.difference(new Set(urgent));
      state.isInGrace = true;
      const detail = error instanceof Error ? error.message : 'unknown';
      // While grace lasts there is one alarm for all sessions.
      const isInGrace = isWithinGrace(known);
      log[isInGrace ? 'debug' : 'warn']({ detail }, 'auth cannot be reached about a session');
      known.unansweredFor = detail;
      if (isInGrace) forgetLapsedGroups(state);
    } finally {
      // Not before: requests that come meanwhile wait for the answer.
      state.askedFor = question;
      known.askedAt = askedAt;
    }
  }

  function learn(state: SessionState, { answer, question, urgent, askedAt }: Introspected): void {
    state.answeredAt = askedAt;
    state.isInGrace = false;
    state.accessToken = accessTokenOf(answer, options.clock);
    const { until = Infinity } = state.accessToken ?? {};
    const unknown = new Set(answer.unknown_groups);
    const isWhole = !urgent.some((group) => unknown.has(group));
    askAgain(state, Math.min(isWhole ? askedAt + validFor(answer, clocks) : elapsed() + retryMs, until));
    state.reportedGroups = mergeReported(state.reportedGroups, question, answer, elapsed());
    state.openGroups = unknown.difference(new Set(urgent));
    state.person = { ...state.person, ...groupsReportedSince(state.reportedGroups, elapsed() - graceMs) };
  }
}

// What somebody who comes needs to know of a session, and when they came.
type Visit = { readonly needs: Needs | undefined; readonly at: number };

// What auth has said of a session that stands, and what it was asked.
type Introspected = {
  readonly answer: IntrospectionResponse & { active: true };
  readonly question: SessionQuestion;
  readonly urgent: readonly string[];
  readonly askedAt: number;
};

// So that an answer of a provider counts for so long in all, and not once at auth and then again here. Where it counts for longer
// at auth than here, asking sooner would bring nothing new.
function validFor({ age = 0 }: Introspected['answer'], { validMs }: CheckClocks): number {
  const leftMs = validMs - age * 1000;
  return leftMs > 0 ? Math.max(leftMs, Math.min(leastLifeMs, validMs)) : validMs;
}

function askAgain(subject: KnownSession | SessionState, at: number, foundAwayAfter?: number): void {
  subject.askAgainAt = at;
  subject.foundAwayAfter = foundAwayAfter;
}

// Auth gives out only what lives, whatever our clock says of it.
const leastLifeMs = 1_000;

function accessTokenOf(
  { access_token: value, access_token_exp: exp }: IntrospectionResponse & { active: true },
  { now, elapsed }: Clock,
): SessionState['accessToken'] {
  if (value === undefined || exp === undefined) return undefined;
  return { value, until: elapsed() + Math.max(exp * 1000 - now(), leastLifeMs) };
}

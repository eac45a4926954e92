import type { Clock } from '@latchkey/http';
import { clockSkewMs } from '@latchkey/session';
import type { Logger } from 'pino';
import type { Tell } from '../record/events.ts';
import { createEndedSids } from './ended-sids.ts';
import type { Introspect, Introspection } from './introspect.ts';
import type { KnownSession } from './known-session.ts';
import type { SessionTokens } from './session-token.ts';

/** Whether a session stands: `unverified` when auth cannot be asked and last vouched for it longer ago than the grace period. */
export type Standing = 'stands' | 'ended' | 'unverified';

/** How long answers count, in milliseconds. */
export type CheckClocks = {
  /** an answer of auth is not asked for again before this (`SESSION_TTL_VALID`) */
  readonly validMs: number;
  /** and stands this much longer where auth cannot be asked (`SESSION_TTL_GRACEPERIOD`) */
  readonly gracePeriodMs: number;
};

// While auth is away every session would wait for the time limit at each request; ask again after a pause instead.
const retryPauseMs = 10_000;

/**
 * Makes the check that asks auth whether a session still stands, at most once per `validMs` and never twice at a time
 * for one session. A failure to ask never ends a session; one that has ended is over in every cookie that it comes in,
 * unless auth says otherwise of that very cookie: what it no longer takes of one (a copy that is over sooner, a seal of an
 * older key) must not shut out a person whom it has signed in with the same `sid` again.
 *
 * @param options.groups the groups that routes name; another list than last time is a new question
 */
export function createSessionCheck(options: {
  introspect: Introspect;
  tokens: Pick<SessionTokens, 'renewed'>;
  groups: () => readonly string[];
  clocks: CheckClocks;
  clock: Clock;
  log: Logger;
  tell?: Tell;
}): (known: KnownSession, needs?: { accessToken: boolean }) => Promise<Standing> {
  const { introspect, tokens, groups, clocks, log, tell } = options;
  const { now, elapsed } = options.clock;
  const underWay = new WeakMap<KnownSession, Promise<void>>();
  const graceMs = clocks.validMs + clocks.gracePeriodMs;
  // A copy that was sealed last before the end may claim for so long that it was vouched for.
  const ended = createEndedSids({ keepMs: graceMs + clockSkewMs, elapsed });

  return async function check(known, needs) {
    if (needs?.accessToken === true) known.needsAccessToken = true;
    // A question under way may be what was asked before a reload; then there is a second one.
    for (let rounds = 0; rounds < 2 && isDue(known); rounds++) await askOnce(known);
    if (isOver(known)) return 'ended';
    return isWithinGrace(known) ? 'stands' : 'unverified';
  };

  // Also where auth cannot be asked about this one: it is read no more, and a sign-in brings another.
  function isOver(known: KnownSession): boolean {
    known.ended ||= ended.since(known.session.sid, known.answeredAt);
    return known.ended;
  }

  function isWithinGrace({ vouchedAt }: KnownSession): boolean {
    return elapsed() - vouchedAt < graceMs && vouchedAt > ended.forgottenAt() + clockSkewMs;
  }

  function isDue(known: KnownSession): boolean {
    if (known.ended) return false;
    const { session, askedFor, needsAccessToken } = known;
    return (
      elapsed() >= known.askAgainAt ||
      ended.since(session.sid, known.askedAt) ||
      askedFor?.groups !== groups() ||
      (needsAccessToken && !askedFor.accessToken)
    );
  }

  async function askOnce(known: KnownSession): Promise<void> {
    let asking = underWay.get(known);
    if (asking === undefined) {
      asking = ask(known).finally(() => underWay.delete(known));
      underWay.set(known, asking);
    } else {
      tell?.({ kind: 'question_shared' });
    }
    await asking;
  }

  async function ask(known: KnownSession): Promise<void> {
    const question = { groups: groups(), accessToken: known.needsAccessToken };
    known.askedFor = question;
    known.askedAt = elapsed();
    const { askedAt } = known;
    try {
      const answer = await introspect(known.token, question);
      if (!answer.active) {
        known.ended = true;
        return ended.add(known.session.sid);
      }
      known.answeredAt = askedAt;
      known.vouchedAt = askedAt;
      known.askAgainAt = elapsed() + clocks.validMs;
      known.person = { ...known.person, groups: answer.groups, askedGroups: question.groups };
      known.accessToken = accessTokenOf(answer, elapsed() - now());
      known.decisions = new WeakMap();
      if (answer.session !== undefined) {
        known.cookie = await tokens.renewed(known.session, answer.session);
        known.token = answer.session;
      }
    } catch (error) {
      known.askAgainAt = elapsed() + Math.min(retryPauseMs, clocks.validMs);
      const detail = error instanceof Error ? error.message : 'unknown';
      // While grace lasts there is one alarm for all sessions.
      const isInGrace = isWithinGrace(known);
      log[isInGrace ? 'debug' : 'warn']({ detail }, 'auth cannot be asked about a session');
      if (isInGrace) tell?.({ kind: 'grace', detail });
    }
  }
}

/** @param shift from the time of day to `elapsed` */
function accessTokenOf(answer: Introspection & { active: true }, shift: number): KnownSession['accessToken'] {
  const { access_token: value, access_token_exp: exp } = answer;
  return value === undefined || exp === undefined ? undefined : { value, until: exp * 1000 + shift };
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';
import type { Asked, Load } from './load.ts';
import { notHeld } from './newcomer.ts';
import type { Newcomer, Round } from './newcomer.ts';
import { hostsOf, people } from './people.ts';
import type { World } from './world.ts';

/** What goes on while things go wrong. */
export type Stage = { readonly world: World; readonly load: Load; readonly newcomer: Newcomer };

/** What came of a fault. */
export type Row = {
  readonly fault: string;
  readonly requests: number;
  /** requests that did not end well, by how */
  readonly failures: Readonly<Record<string, number>>;
  /** how sign-ins ended meanwhile */
  readonly signIns: Readonly<Record<string, number>>;
  /** people who had to sign in again */
  readonly again: number;
  readonly slowestMs: number;
  /** from its end until everything works: every request, a sign-in, and a sign-out that holds */
  readonly recoveredMs: number;
  /** what is not as it has to be; nothing: it passes */
  readonly wrong: readonly string[];
};

// That are asked all the time.
const hosts = new Set(people.flatMap(hostsOf));
const recoveredWithinMs = 45_000;
const steadyMs = 1_000;
const quietMs = 300;
// By then everybody is refreshed, and whose refresh token is lost is found out.
const settledMs = 4_500;
const lostRefresh = 'refuses the refresh token of a session';

/** Lets something go wrong, and waits until all is well again. */
export async function tryOut(fault: Fault, { world, load, newcomer }: Stage): Promise<Row> {
  const from = { asked: load.asked.length, rounds: newcomer.rounds.length, again: load.again.length };
  const before = { lost: lostRefreshes(world), ended: endedByThemselves(world) };
  const begunAt = performance.now();
  newcomer.wellSince = Infinity;
  await fault.begin(world);
  await pause(fault.forMs);
  await fault.end(world);
  const endedAt = performance.now();
  newcomer.wellSince = endedAt;
  const recoveredAt = await recovered(endedAt);
  const until = performance.now();
  await pause(steadyMs);

  const asked = load.asked.slice(from.asked).filter(({ at }) => at >= begunAt);
  const rounds = newcomer.rounds.slice(from.rounds);
  const meanwhile = asked.filter(({ at }) => at < until);
  const again = new Set(load.again.slice(from.again));
  const logged = fault.mayLoseRefreshes === true ? lostRefreshes(world) : [];
  const unlogged = [...again].filter(
    (email) => !logged.some((line) => !before.lost.includes(line) && line.includes(`"${email}"`)),
  );
  const unbidden = endedByThemselves(world) - before.ended;
  const wrong = [
    ...strange(fault, meanwhile, world).map((outcome) => `${outcome}, which it must not`),
    ...badRounds(fault, rounds),
    ...unlogged.map((email) => `${email} signed in again, and the log does not say why`),
    ...(unbidden > 0 ? [`${unbidden} ended by themselves`] : []),
    ...(recoveredAt === undefined ? [`not well after ${recoveredWithinMs} ms`] : []),
    ...failuresOf(asked.filter(({ at }) => at >= until)).map((outcome) => `${outcome} afterwards`),
    ...(asked.length === 0 ? ['nobody asked'] : []),
    ...(fault.alsoWrong?.() ?? []),
  ];
  return {
    fault: fault.name,
    requests: asked.length,
    failures: counted(asked.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'ok')),
    signIns: counted(rounds.map(({ outcome }) => outcome)),
    again: again.size,
    slowestMs: Math.max(0, ...asked.map(({ tookMs }) => tookMs)),
    recoveredMs: (recoveredAt ?? until) - endedAt,
    wrong,
  };

  // The first round that was begun afterwards and ended well, or the last failure, whichever was later.
  async function recovered(since: number): Promise<number | undefined> {
    while (performance.now() - since < recoveredWithinMs) {
      const good = newcomer.rounds.find(({ at, outcome }) => at >= since && outcome === 'in and out');
      const failed = load.asked.findLast(({ at, outcome }) => at >= since && outcome !== 'ok');
      const quietSince = failed === undefined ? since : failed.at + failed.tookMs;
      const isSettled = fault.mayLoseRefreshes !== true || performance.now() - since > settledMs;
      const isQuiet = performance.now() - quietSince > quietMs && haveAllAnswered(quietSince);
      if (good !== undefined && isSettled && isQuiet) {
        await world.balancer.complete();
        return Math.max(good.endedAt, quietSince);
      }
      await pause(50);
    }
    return undefined;
  }

  // On a slow machine there may be no failure for a while, only since nobody asked.
  function haveAllAnswered(since: number): boolean {
    const well = load.asked.slice(from.asked).filter(({ at, outcome }) => at >= since && outcome === 'ok');
    return hosts.isSubsetOf(new Set(well.map(({ host }) => host)));
  }
}

function strange({ allowed = [], lost, mayLoseRefreshes }: Fault, asked: readonly Asked[], world: World) {
  const ports = lost?.(world).map(({ port }) => port) ?? [];
  const isAllowed = ({ outcome, port }: Asked) =>
    outcome === 'ok' ||
    allowed.includes(outcome) ||
    (outcome === 'signed out' && mayLoseRefreshes === true) ||
    ((outcome === 'in flight' || outcome === 'refused') && port !== undefined && ports.includes(port));
  return failuresOf(asked.filter((one) => !isAllowed(one)));
}

function failuresOf(asked: readonly Asked[]): string[] {
  const failures = counted(asked.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'ok'));
  return Object.entries(failures).map(([outcome, count]) => `${count} x ${outcome}`);
}

function badRounds({ answersSignIns }: Fault, rounds: readonly Round[]): string[] {
  const bad = rounds.filter(
    ({ outcome }) =>
      outcome === notHeld || (answersSignIns === true && outcome !== 'in and out' && outcome !== 'try again'),
  );
  return bad.map(({ outcome }) => `a sign-in ended with: ${outcome}`);
}

// The lines that say whose refresh token was lost.
function lostRefreshes({ auth }: World): readonly string[] {
  return auth.flatMap((task) => task.output().split('\n')).filter((line) => line.includes(lostRefresh));
}

function endedByThemselves({ tasks }: World): number {
  return tasks.reduce((sum, task) => sum + task.ended(), 0);
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

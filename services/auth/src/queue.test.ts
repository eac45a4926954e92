import { describe, expect, test } from '@jest/globals';
import { createQueue } from './queue.ts';

/** Work that ends on command. */
function slowWork() {
  const ends: ((value: string) => void)[] = [];
  const work = () => new Promise<string>((resolve) => ends.push(resolve));
  return { ends, work };
}

class Dropped extends Error {}
const dropped = (why: string) => new Dropped(why);

const wanted = { since: 0 };

describe('a queue', () => {
  test('does a few things at a time, in order, and gives what each gives', async () => {
    const queue = createQueue({ atOnce: 2, longest: 10, waitMs: 1_000, now: () => 0, dropped });
    const { ends, work } = slowWork();
    const answers = [queue(work, wanted), queue(work, wanted), queue(work, wanted)];
    expect(ends).toHaveLength(2);
    ends[0]?.('first');
    expect(await answers[0]).toBe('first');
    await Promise.resolve();
    expect(ends).toHaveLength(3);
    ends[1]?.('second');
    ends[2]?.('third');
    expect(await Promise.all(answers)).toEqual(['first', 'second', 'third']);
  });

  test('goes on after work that fails', async () => {
    const queue = createQueue({ atOnce: 1, longest: 10, waitMs: 1_000, now: () => 0, dropped });
    const failed = queue(() => Promise.reject(new Error('no')), wanted);
    const done = queue(() => Promise.resolve('yes'), wanted);
    await expect(failed).rejects.toThrow('no');
    expect(await done).toBe('yes');
  });

  test('takes no more than it may hold', async () => {
    const queue = createQueue({ atOnce: 1, longest: 1, waitMs: 1_000, now: () => 0, dropped });
    const { ends, work } = slowWork();
    const answers = [queue(work, wanted), queue(work, wanted)];
    await expect(queue(work, wanted)).rejects.toThrow(Dropped);
    for (const end of ends) end('done');
    await answers[0];
    await Promise.resolve();
    ends[1]?.('done');
    expect(await Promise.all(answers)).toEqual(['done', 'done']);
  });

  test('drops what nobody waits for any more, and does what came later', async () => {
    const clock = { now: 0 };
    const queue = createQueue({ atOnce: 1, longest: 10, waitMs: 1_000, now: () => clock.now, dropped });
    const { ends, work } = slowWork();
    const first = queue(work, wanted);
    const late = queue(work, wanted);
    clock.now = 900;
    const later = queue(() => Promise.resolve('in time'), { since: 900 });
    clock.now = 1_500;
    ends[0]?.('slow');
    await expect(late).rejects.toThrow(Dropped);
    expect(await Promise.all([first, later])).toEqual(['slow', 'in time']);
    expect(ends).toHaveLength(1);
  });

  test('does what somebody waits for before what nobody does, also where that began meanwhile', async () => {
    const queue = createQueue({ atOnce: 1, longest: 10, waitMs: 1_000, now: () => 0, dropped });
    const done: string[] = [];
    const work = (name: string) => async () => void done.push(name);
    const promoted = { since: undefined as number | undefined };
    const all = [
      queue(work('first'), { since: undefined }),
      queue(work('behind'), { since: undefined }),
      queue(work('promoted'), promoted),
      queue(work('wanted'), { since: 0 }),
    ];
    promoted.since = 0;
    await Promise.all(all);
    expect(done).toEqual(['first', 'promoted', 'wanted', 'behind']);
  });

  test('makes room for what somebody waits for', async () => {
    const queue = createQueue({ atOnce: 1, longest: 1, waitMs: 1_000, now: () => 0, dropped });
    const { ends, work } = slowWork();
    const running = queue(work, { since: 0 });
    const behind = queue(work, { since: undefined });
    const waitedFor = queue(() => Promise.resolve('in time'), { since: 0 });
    await expect(behind).rejects.toThrow(Dropped);
    ends[0]?.('done');
    expect(await Promise.all([running, waitedFor])).toEqual(['done', 'in time']);
  });
});

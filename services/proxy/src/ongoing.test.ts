import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { sessionOf } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { createOngoing } from './ongoing.ts';
import type { Ongoing } from './ongoing.ts';

const everyMs = 60_000;
let ongoing: Ongoing;

beforeEach(() => {
  jest.useFakeTimers();
  ongoing = createOngoing({ everyMs, elapsed: Date.now });
});

afterEach(() => {
  ongoing.close();
  jest.useRealTimers();
});

type Begun = { readonly exchange: Exchange; readonly whyNot: jest.Mock; readonly end: jest.Mock };

/** Something that goes on with a session of which auth is to be asked again after so long. */
function begun(sid: string, askAgainMs: number): Begun {
  const session = { session: { sid }, state: { askAgainAt: Date.now() + askAgainMs } };
  const exchange = { outcome: { identified: { kind: 'person', session } } } as unknown as Exchange;
  const whyNot = jest.fn(async () => undefined);
  const end = jest.fn();
  ongoing.begin(exchange, { whyNot, end });
  return { exchange, whyNot, end };
}

test('what goes on is looked at within a second after auth is to be asked about its session', async () => {
  const { whyNot } = begun('one', 20_000);
  await jest.advanceTimersByTimeAsync(19_999);
  expect(whyNot).not.toHaveBeenCalled();
  await jest.advanceTimersByTimeAsync(1_000);

  expect(whyNot).toHaveBeenCalled();
});

test('a look at those of one session is no look at others', async () => {
  const [one, other] = [begun('one', everyMs), begun('other', everyMs)];
  await ongoing.recheck((exchange) => sessionOf(exchange)?.session.sid === 'one');

  expect([one.whyNot.mock.calls.length, other.whyNot.mock.calls.length]).toEqual([1, 0]);
});

test('what would be refused is ended once, however many look at the same time', async () => {
  const { whyNot, exchange, end } = begun('one', everyMs);
  whyNot.mockImplementation(async () => 'session_ended');
  await Promise.all([
    ongoing.recheck(() => true),
    ongoing.recheck(() => true),
    ongoing.decideAbout(exchange),
  ]);

  expect(end.mock.calls).toEqual([[exchange, 'session_ended']]);
});

test('those that stay are looked at, whichever have ended before them', async () => {
  const all = ['one', 'two', 'three', 'four', 'five'].map((sid) => begun(sid, everyMs));
  const ended = [all[1], all[4], all[0]];
  for (const one of ended) if (one !== undefined) ongoing.end(one.exchange);
  await ongoing.recheck(() => true);

  expect(all.map(({ whyNot }) => whyNot.mock.calls.length)).toEqual([0, 0, 1, 1, 0]);
});

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { CloseCode, Tunnel } from './tunnel.ts';
import type { Exchange } from '../../exchange.ts';
import { createOngoing } from '../../ongoing.ts';
import type { Ongoing, WhyNot } from '../../ongoing.ts';
import { createTunnels } from './tunnels.ts';
import type { Tunnels, Watched } from './tunnels.ts';

let ongoing: Ongoing;
let tunnels: Tunnels;

beforeEach(() => {
  jest.useFakeTimers();
  ongoing = createOngoing({ everyMs: 60_000, elapsed: Date.now });
  tunnels = createTunnels(ongoing);
});

afterEach(() => {
  ongoing.close();
  jest.useRealTimers();
});

type Seen = Watched & { readonly seen: (string | number)[]; leave(): void };

function watched(whyNot: () => Promise<WhyNot | undefined> = async () => undefined): Seen {
  const seen: (string | number)[] = [];
  const listeners: (() => void)[] = [];
  const tunnel: Tunnel = {
    open: () => void seen.push('open'),
    close: (code: CloseCode) => void seen.push(code),
    onClose: (listener) => void listeners.push(listener),
  };
  return {
    exchange: {} as Exchange,
    tunnel,
    whyNot,
    cut: (why) => void seen.push(why),
    seen,
    leave: () => listeners.forEach((listener) => listener()),
  };
}

test('a tunnel lives while its request would still be let in', async () => {
  const one = watched();
  await tunnels.add(one, false);
  await tunnels.recheck();

  expect(one.seen).toEqual(['open']);
});

test.each<[WhyNot, CloseCode]>([
  ['no_rule_matches', 1008],
  ['session_ended', 1008],
  ['unknown_host', 1008],
  ['session_unverified', 1013],
])('a tunnel that would be refused now for %s says why and ends with %s', async (why, code) => {
  const [ended, other] = [watched(async () => why), watched()];
  await tunnels.add(ended, false);
  await tunnels.add(other, false);
  await tunnels.recheck();
  await tunnels.recheck();

  expect([ended.seen, other.seen]).toEqual([['open', why, code], ['open']]);
});

test('a tunnel that cannot be decided about ends', async () => {
  const one = watched(() => Promise.reject(new Error('no')));
  await tunnels.add(one, false);
  await tunnels.recheck();

  expect(one.seen).toEqual(['open', 'internal_error', 1013]);
});

test('one that was overtaken is decided about before it opens', async () => {
  const [out, still] = [watched(async () => 'no_rule_matches'), watched()];
  await tunnels.add(out, true);
  await tunnels.add(still, true);

  expect([out.seen, still.seen]).toEqual([['no_rule_matches', 1008], ['open']]);
});

test('all are decided about again and again', async () => {
  const whyNot = jest.fn(async () => undefined);
  await tunnels.add(watched(whyNot), false);
  await jest.advanceTimersByTimeAsync(180_000);

  expect(whyNot).toHaveBeenCalledTimes(3);
});

test('a tunnel that has closed is forgotten', async () => {
  const whyNot = jest.fn(async () => undefined);
  const one = watched(whyNot);
  await tunnels.add(one, false);
  one.leave();
  await tunnels.recheck();

  expect(whyNot).not.toHaveBeenCalled();
});

test('a stop ends all of them, and those that come later', async () => {
  const [one, other, late] = [watched(), watched(), watched()];
  await tunnels.add(one, false);
  await tunnels.add(other, false);
  tunnels.close();
  await tunnels.add(late, false);

  expect([one.seen, other.seen, late.seen]).toEqual([['open', 1001], ['open', 1001], [1001]]);
});

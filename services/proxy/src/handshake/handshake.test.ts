import { describe, expect, test } from '@jest/globals';
import type { ProxyEvent } from '../telemetry/events.ts';
import type { Mismatch } from './compare.ts';
import { createHandshake } from './handshake.ts';

const clock: Mismatch = { what: 'clock', stops: true, sentence: 'the clock of auth is 75 s ahead' };
const later: Mismatch = { ...clock, sentence: 'the clock of auth is 76 s ahead' };
const domain: Mismatch = { what: 'cookie_domain', stops: false, sentence: 'the domains differ' };
const away = undefined;

/** A handshake whose comparisons end one after the other as given. */
function handshakeWith(...answers: (readonly Mismatch[] | undefined)[]) {
  const events: ProxyEvent[] = [];
  const time = { ms: 0 };
  const handshake = createHandshake({
    compare: async () => answers.shift(),
    emit: (event) => void events.push(event),
    elapsed: () => time.ms,
  });
  return { ...handshake, events, time };
}

describe('a proxy that starts', () => {
  test('is ready where everything agrees, and where only more redirects follow', async () => {
    for (const answer of [[], [domain]]) {
      const handshake = handshakeWith(answer);
      await handshake.check();
      expect(handshake.whyNotReady()).toEqual([]);
    }
  });

  test('is ready where auth is away: sessions go on by their grace period', async () => {
    const handshake = handshakeWith(away);
    expect(handshake.whyNotReady()).toEqual([]);
    await handshake.check();
    expect([handshake.whyNotReady(), handshake.events]).toEqual([[], []]);
  });

  test('is not ready where nobody could sign in, says why, and is ready once they can', async () => {
    const handshake = handshakeWith([clock, domain], away, [domain]);
    await handshake.check();
    expect(handshake.whyNotReady()).toEqual(['the clock of auth is 75 s ahead']);
    await handshake.check();
    expect(handshake.whyNotReady()).toEqual(['the clock of auth is 75 s ahead']);
    await handshake.check();
    expect(handshake.whyNotReady()).toEqual([]);
  });

  test('a little before auth is as little ready', async () => {
    const handshake = handshakeWith(away, [clock]);
    await handshake.check();
    handshake.time.ms = 59_000;
    await handshake.check();
    expect(handshake.whyNotReady()).toHaveLength(1);
  });

  test('during an outage of auth stays ready when auth comes back as another', async () => {
    const handshake = handshakeWith(away, away, [clock]);
    await handshake.check();
    handshake.time.ms = 60_000;
    await handshake.check();
    await handshake.check();
    expect([handshake.whyNotReady(), handshake.events]).toEqual([
      [],
      [{ kind: 'mismatch_began', mismatch: clock, isReady: true }],
    ]);
  });
});

describe('a proxy that has been ready', () => {
  test('stays so, tells each mismatch once, and that it is over', async () => {
    const handshake = handshakeWith([], [clock], [later], away, [later, domain], [domain], []);
    for (let minute = 0; minute < 7; minute++) {
      await handshake.check();
      expect(handshake.whyNotReady()).toEqual([]);
    }
    expect(handshake.events).toEqual([
      { kind: 'mismatch_began', mismatch: clock, isReady: true },
      { kind: 'mismatch_began', mismatch: domain, isReady: true },
      { kind: 'mismatch_over', what: 'clock' },
      { kind: 'mismatch_over', what: 'cookie_domain' },
    ]);
  });
});

test('a start waits for an answer that does not come no longer than it may take itself', async () => {
  const handshake = createHandshake({
    compare: () => new Promise(() => undefined),
    emit: () => undefined,
    elapsed: () => 0,
  });
  await handshake.begin();
  expect(handshake.whyNotReady()).toEqual([]);
  handshake.end();
});

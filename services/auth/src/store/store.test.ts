import { expect, test } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import { storeContract } from '../../test/store.contract.ts';
import { createCircuit } from './circuit.ts';
import { memoryStore } from './memory.ts';
import { placeOf } from './place.ts';

storeContract('memory', test, async () => {
  let now = 1_800_000_000_000;
  return {
    store: memoryStore(clockFrom({ now: () => now })),
    pass: async (ms) => void (now += ms),
    close: async () => undefined,
  };
});

test('the memory store refuses a one-time value for which there is no room, and forgets none', async () => {
  let now = 1_800_000_000_000;
  const store = memoryStore(clockFrom({ now: () => now }));
  for (let at = 0; at < 100_000; at++) await store.useOnce(placeOf('code', `${at}`), 1_000);
  expect(await store.useOnce(placeOf('code', 'one more'), 1_000)).toBe(false);
  expect(await store.useOnce(placeOf('code', '0'), 1_000)).toBe(false);
  now += 1_001;
  expect(await store.useOnce(placeOf('code', 'one more'), 1_000)).toBe(true);
});

test('a place is named by all of its names, and by nothing that can be read in it', () => {
  expect(placeOf('membership', 'ab', 'c')).not.toEqual(placeOf('membership', 'a', 'bc'));
  expect(JSON.stringify(placeOf('membership', 'google', 'staff@example.com'))).not.toContain('example');
});

test('a store settles for two seconds after it was away, and after nothing less', () => {
  let now = 0;
  const circuit = createCircuit(
    () => now,
    () => undefined,
  );
  const afterFailures = (count: number) => {
    for (let at = 0; at < count; at++) circuit.failed('no answer');
    circuit.succeeded();
    return circuit.isSettling();
  };
  expect(circuit.isSettling()).toBe(false);
  expect(afterFailures(2)).toBe(false);
  expect(afterFailures(3)).toBe(true);
  now += 1_999;
  expect(circuit.isSettling()).toBe(true);
  now += 1;
  expect(circuit.isSettling()).toBe(false);
});

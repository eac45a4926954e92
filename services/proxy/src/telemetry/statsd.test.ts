import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { sendGauges } from './statsd.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('how many people, WebSockets and connections of connectors there are, and how old the upstream file is, is sent at the start and every 30 s, until the end', () => {
  const sent: Record<string, number[]> = {};
  let people = 0;
  const written = new Date(Date.now() - 60_000);
  const inForce = { routes: 1, sha256: 'abc', written };
  const stop = sendGauges(
    {
      gauge: (name, value, tags) => void (sent[[name, ...Object.values(tags)].join(' ')] ??= []).push(value),
    },
    {
      people: () => people,
      webSockets: () => 2 * people,
      connectors: () => new Map([['grafana-prod', 3 * people]]),
    },
    () => ({
      source: 'a file',
      inForce,
      since: written,
      isLastGood: false,
      trouble: { why: 'no', since: written },
    }),
  );
  people = 7;
  jest.advanceTimersByTime(30_000);
  stop();
  jest.advanceTimersByTime(60_000);

  expect(sent).toMatchObject({ 'people.active': [0, 7], 'websockets.open': [0, 14] });
  expect(sent['connector.connections grafana-prod']).toEqual([0, 21]);
  expect(sent).toMatchObject({ 'upstream.file_age abc': [60, 90], 'upstream.file_valid': [0, 0] });
});

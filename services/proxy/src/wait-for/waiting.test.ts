import { expect, test } from '@jest/globals';
import { createLog } from '@latchkey/telemetry';
import { loadUpstreams } from '@latchkey/upstreams';
import { noDefaultRules } from '@latchkey/testing';
import { createLiveTable } from '../upstream-file/live-table.ts';
import type { OriginAnswer } from './ask-origin.ts';
import { waitForOrigins } from './waiting.ts';

const away: OriginAnswer = { code: 'upstream_unreachable', detail: 'connect ECONNREFUSED 10.1.2.3:80' };
const wait = 'wait_for: {path: /login, timeout: 10s}';

function tableOf(...options: string[]) {
  const text = options.map(
    (option, at) => `
- service: app${at}
  default: {from: app${at}.example.com, to: 'http://app${at}.internal', options: {allowed_groups: [staff], ${option}}}`,
  );
  const scheme = 'http' as const;
  const rest = { file: 'up.yml', cluster: '', scheme, defaults: noDefaultRules, templateVariables: {} };
  const { table, diagnostics } = loadUpstreams({ ...rest, text: text.join('') });
  if (table === undefined) throw new Error(JSON.stringify(diagnostics));
  return table;
}

/** Answers in turn, the last one for ever; each try takes five seconds. */
function waitingFor(
  table: ReturnType<typeof tableOf>,
  answers: Readonly<Record<string, readonly OriginAnswer[]>>,
) {
  const time = { ms: 0 };
  const tries = new Map<string, number>();
  const lines: string[] = [];
  const live = createLiveTable(table);
  const waiting = waitForOrigins({
    table: live,
    async ask({ id }) {
      const at = tries.get(id) ?? 0;
      tries.set(id, at + 1);
      time.ms += 5_000;
      await Promise.resolve();
      return answers[id]?.at(Math.min(at, answers[id].length - 1)) ?? away;
    },
    elapsed: () => time.ms,
    log: createLog({
      service: 'proxy',
      level: 'info',
      destination: { write: (line) => void lines.push(line) },
    }),
    pauseMs: 0,
  });
  return { ...waiting, live, lines, tries };
}

test('what has no wait_for is not waited for', async () => {
  const waiting = waitingFor(tableOf('timeout: 5s'), {});
  expect([waiting.isAsked, waiting.why(), await waiting.over]).toEqual([false, [], undefined]);
});

test('an application is asked until it answers as it should, and a redirect is an answer', async () => {
  const waiting = waitingFor(tableOf(wait), { app0: [away, { status: 302 }] });
  expect(waiting.why()).toEqual(['app0: /login has not been asked for, and wait_for expects 200-399']);
  expect(await waiting.over).toBeUndefined();
  expect([waiting.why(), waiting.tries.get('app0')]).toEqual([[], 2]);
});

test('one that does not in its time is given up, with what it last said; the log has each reason once', async () => {
  const waiting = waitingFor(tableOf(`${wait.slice(0, -1)}, expect: 200}`), {
    app0: [away, { status: 302 }],
  });
  const last = 'app0: /login is answered 302, and wait_for expects 200';
  expect(await waiting.over).toBe(`${last}: given up after 10 s`);
  expect(waiting.why()).toEqual([last]);
  const said = waiting.lines.filter((line) => line.includes('"route":"app0"'));
  expect(said).toHaveLength(2);
  expect(said[0]).toContain('ECONNREFUSED 10.1.2.3:80');
});

test('no address of the inside is in what a load balancer gets', async () => {
  const waiting = waitingFor(tableOf(wait), { app0: [away] });
  expect(await waiting.over).toMatch(/^app0: \/login has no answer \(upstream_unreachable\), .*: given up/);
});

test('a route that a reload takes away is waited for no longer, and what one brings is not', async () => {
  const waiting = waitingFor(tableOf(wait), { app0: [away] });
  waiting.live.replace(tableOf('timeout: 5s', wait));
  expect(await waiting.over).toBeUndefined();
  expect(waiting.tries.has('app1')).toBe(false);
  expect(waiting.lines.join('')).toMatch(/"routes":\["app1"\].*has no effect before the next start/);
});

test('a stop ends the waiting', async () => {
  const waiting = waitingFor(tableOf(wait), { app0: [away] });
  waiting.end();
  expect(await waiting.over).toBeUndefined();
});

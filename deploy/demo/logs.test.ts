import { expect, test } from '@jest/globals';
import { logRelay } from './logs.ts';

const info = '{"level":"info","msg":"request"}';
const warning = '{"level":"warn","msg":"cookies travel over plain HTTP"}';
const error = '{"level":"error","msg":"no answer"}';
const crash = 'TypeError: x is not a function';

function relayed(all: boolean) {
  const written: string[] = [];
  return { logs: logRelay(all, (text) => void written.push(text)), written };
}

test('a start that went well leaves nothing on the terminal; after it, what needs attention is shown', () => {
  const { logs, written } = relayed(false);
  logs.line('auth', warning);
  logs.started();
  for (const line of [info, warning, error, crash]) logs.line('proxy', line);
  logs.explain();
  expect(written.filter(Boolean)).toEqual([
    `[proxy] ${warning}\n`,
    `[proxy] ${error}\n`,
    `[proxy] ${crash}\n`,
  ]);
});

test('a start that failed is explained by everything that was logged', () => {
  const { logs, written } = relayed(false);
  logs.line('auth', info);
  logs.line('auth', crash);
  logs.explain();
  expect(written.join('')).toBe(`[auth] ${info}\n[auth] ${crash}\n`);
});

test('every line is shown at once where that was asked for', () => {
  const { logs, written } = relayed(true);
  logs.line('auth', info);
  expect(written).toEqual([`[auth] ${info}\n`]);
});

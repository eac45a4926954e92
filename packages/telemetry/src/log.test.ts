import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const module = join(import.meta.dirname, 'log.ts');
const logging = `import { createLog } from ${JSON.stringify(module)};
const log = createLog({ service: 'test', level: 'info' });
for (let at = 0; at < 2_000; at++) log.info({ at }, 'line');
`;

function running(script: string): string[] {
  return [process.execPath, '--conditions=@latchkey/source', '--input-type=module', '-e', script];
}

async function linesOf(script: string): Promise<{ at?: number; msg?: string }[]> {
  const [command = '', ...args] = running(logging + script);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const printed = await text(child.stdout);
  return printed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { at?: number; msg?: string });
}

test.each([
  ['ends', ''],
  ['is ended', 'process.exit(1);'],
  ['breaks', "throw new Error('broken');"],
  ['breaks in a promise', "await Promise.resolve(); void Promise.reject(new Error('broken'));"],
])('every line is there when the process %s', async (_, script) => {
  const lines = await linesOf(script);

  expect(lines.map(({ at }) => at)).toEqual(Array.from({ length: 2_000 }, (__, at) => at));
});

test('a line does not wait for the next one', async () => {
  const lines = await linesOf(
    "setImmediate(() => setImmediate(() => process.kill(process.pid, 'SIGKILL')));",
  );

  expect(lines).toHaveLength(2_000);
});

test('two services on one pipe do not tear each other’s lines, however slowly it is read', async () => {
  const script = `${logging}for (let at = 0; at < 100; at++) {
    for (let line = 0; line < 80; line++) log.info({ pad: 'x'.repeat(150) }, 'line');
    await new Promise((resolve) => setImmediate(resolve));
  }`;
  const child = spawn(
    'sh',
    ['-c', '{ "$0" "$@" & "$0" "$@" & wait; } | { sleep 0.5; cat; }', ...running(script)],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const lines = (await text(child.stdout)).trimEnd().split('\n');

  expect(lines).toHaveLength(20_000);
  expect(lines.filter((line) => !/^\{[^{}]*\}$/.test(line))).toEqual([]);
});

import { expect, test } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
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

// What the process still does after its log could not be written is said on standard error.
const goingOn = `await new Promise((resolve) => setTimeout(resolve, 50));
log.info('once more');
setImmediate(() => setImmediate(() => console.error('still here')));
`;

test.each([
  // Only Linux has one.
  ...(existsSync('/dev/full') ? [['the disk is full', 'ENOSPC', 'exec "$0" "$@" >/dev/full'] as const] : []),
  ['its reader has closed', 'EPIPE', '{ sleep 0.1; "$0" "$@"; } | true'],
])('the process goes on when %s, and says so once', async (_, code, command) => {
  const child = spawn('sh', ['-c', command, ...running(logging + goingOn)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = (await text(child.stderr)).trimEnd().split('\n');

  expect(said).toEqual([expect.stringContaining(code), 'still here']);
  expect(JSON.parse(said[0] ?? '')).toMatchObject({
    level: 'error',
    service: 'test',
    msg: 'the log cannot be written; the service goes on',
  });
});

test('what does not fit into memory meanwhile is lost, and counted as soon as the log can be written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-log-'));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const script = `${logging}process.on('message', () => log.info('once more'));
    setImmediate(() => {
      for (let at = 0; at < 20_000; at++) log.info({ at, pad: 'x'.repeat(100) }, 'line');
      setImmediate(() => process.send('written'));
    });`;
  // A reader, so that it can be opened for writing, which goes away.
  const [command = '', ...args] = running(script);
  const reader = spawn('sh', ['-c', 'exec <"$0"; read line', pipe]);
  const readerGone = once(reader, 'exit');
  const written = openSync(pipe, 'w');
  const child = spawn(command, args, { stdio: ['ignore', written, 'ignore', 'ipc'] });
  closeSync(written);
  await Promise.all([once(child, 'message'), readerGone]);
  // It is there before anything is written again: `cat` may be late to open it, and what finds no reader then is the last line.
  const read = openSync(pipe, 'r');
  const nextReader = spawn('cat', { stdio: [read, 'pipe', 'ignore'] });
  closeSync(read);
  if (nextReader.stdout === null) throw new Error('cat has no output');
  const lines = createInterface({ input: nextReader.stdout });
  child.send('write');
  for await (const line of lines) {
    const { msg, lost } = JSON.parse(line) as { msg: string; lost: number };
    if (msg !== 'the log can be written again') continue;
    expect(lost).toBeGreaterThan(5_000);
    break;
  }
  for (const process of [child, nextReader]) process.kill();
  rmSync(folder, { recursive: true });
});

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createVerifier } from '@latchkey/contract';
import type { CheckedChain } from '@latchkey/contract';
import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createLog } from '../log.ts';
import type { Output } from '../output.ts';
import { openAudit } from './audit.ts';
import type { Audit, AuditOptions } from './audit.ts';
import { createJournal } from './journal.ts';

const ended = { event: 'session_ended', why: 'provider_refused' } as const;

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-audit-'));
  file = join(folder, 'audit.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const logged: string[] = [];
const log = createLog({
  service: 'auth',
  level: 'info',
  destination: { write: (line) => void logged.push(line) },
});
beforeEach(() => void logged.splice(0));

function open(options: Partial<AuditOptions> = {}): Audit {
  const settings = { stdout: false, file, onFailure: 'refuse', ...options } as const;
  const audit = openAudit(settings, { service: 'auth', version: '1.2.3', log });
  if (audit === undefined) throw new Error('there is none');
  return audit;
}

/** The chains in some texts. */
function chainsIn(...texts: readonly string[]): readonly CheckedChain[] {
  const verifier = createVerifier();
  for (const [at, content] of texts.entries()) {
    for (const [line, written] of content.split('\n').entries()) {
      verifier.look(Buffer.from(written), { file: String(at), line: line + 1 });
    }
  }
  return verifier.end().chains;
}

describe('the audit log', () => {
  test('is a file for its owner alone, from start to stop, and goes on behind what is there', async () => {
    await open().close();
    const audit = open();
    audit.write(ended);
    await audit.close();

    expect(statSync(file).mode & 0o777).toBe(0o600);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
      'start',
      'stop',
      'start',
      'session_ended',
      'stop',
    ]);
    expect(chainsIn(readFileSync(file, 'utf8'))).toMatchObject([
      { lines: 2, isStopped: true, faults: [] },
      { lines: 3, isStopped: true, faults: [] },
    ]);
  });

  test('goes on in a new file on SIGHUP', async () => {
    const audit = open();
    while (readFileSync(file, 'utf8') === '') await new Promise((resolve) => void setImmediate(resolve));
    renameSync(file, `${file}.1`);
    process.emit('SIGHUP');
    while (!existsSync(file)) await new Promise((resolve) => void setImmediate(resolve));
    audit.write(ended);
    await audit.close();

    const [before, after] = [readFileSync(`${file}.1`, 'utf8'), readFileSync(file, 'utf8')];
    expect(after).toContain('session_ended');
    expect(chainsIn(after, before)).toMatchObject([{ lines: 3, isStopped: true, faults: [] }]);
    expect(process.listeners('SIGHUP')).toEqual([]);
  });

  test('goes between the lines of the log, by its mark, and to a file as another chain', async () => {
    const audit = open({ stdout: true });
    log.info('between');
    await audit.close();

    const [start = '', between, stop = ''] = logged;
    expect([start, stop].every((line) => line.startsWith('{"audit":1,"time":"'))).toBe(true);
    expect(between).toContain('"msg":"between"');
    const chains = chainsIn(logged.join(''), readFileSync(file, 'utf8'));
    expect(chains).toMatchObject([
      { lines: 2, faults: [] },
      { lines: 2, faults: [] },
    ]);
  });

  // Only Linux has one.
  const testWithFullDisk = existsSync('/dev/full') ? test : test.skip;

  testWithFullDisk('keeps what cannot be written, says so, and writes it when it can', async () => {
    symlinkSync('/dev/full', file);
    const audit = open();
    expect(audit.mustRefuse()).toBe(false);
    while (audit.isUp()) await new Promise((resolve) => void setImmediate(resolve));
    audit.write(ended);
    expect([audit.mustRefuse(), audit.lost()]).toEqual([true, 0]);
    expect(logged.join('')).toMatch(/"alarm":"audit log".*ENOSPC.*AUDIT_LOG cannot be written/);

    rmSync(file);
    process.emit('SIGHUP');
    while (!audit.isUp()) await new Promise((resolve) => void setImmediate(resolve));
    await audit.close();
    expect(chainsIn(readFileSync(file, 'utf8'))).toMatchObject([{ lines: 3, isStopped: true, faults: [] }]);
  });

  testWithFullDisk('loses what does not fit into memory, and stops all the same', async () => {
    symlinkSync('/dev/full', file);
    const audit = open({ onFailure: 'continue' });
    for (let at = 0; at < 5_000; at++) audit.write(ended);
    while (audit.isUp()) await new Promise((resolve) => void setImmediate(resolve));
    expect(audit.mustRefuse()).toBe(false);
    expect(audit.lost()).toBeGreaterThan(1_000);
    await audit.close();
  });

  test('refuses, and stops, where what it writes to hangs and says nothing', async () => {
    execFileSync('mkfifo', [file]);
    // Somebody holds it open, and reads nothing.
    const pipe = openSync(file, 'r+');
    try {
      const audit = open();
      for (let at = 0; at < 5_000; at++) audit.write(ended);
      expect(audit.lost()).toBeGreaterThan(0);
      expect([audit.isUp(), audit.mustRefuse()]).toEqual([false, true]);
      expect(logged.join('')).toMatch(/nothing more fits.*AUDIT_LOG cannot be written/);

      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
      const closing = audit.close();
      jest.advanceTimersByTime(2_000);
      await closing;
    } finally {
      jest.useRealTimers();
      closeSync(pipe);
    }
  });

  test('without a reader of its pipe refuses, too, and the process goes on', async () => {
    const script = `import { createLog } from ${JSON.stringify(join(import.meta.dirname, '../log.ts'))};
import { openAudit } from ${JSON.stringify(join(import.meta.dirname, 'audit.ts'))};
const log = createLog({ service: 'auth', level: 'info' });
const audit = openAudit({ stdout: true, onFailure: 'refuse' }, { service: 'auth', version: '1', log });
while (!audit.mustRefuse()) await new Promise((resolve) => setTimeout(resolve, 5));
console.error('refuses');
`;
    const node = [process.execPath, '--conditions=@latchkey/source', '--input-type=module', '-e', script];
    const child = spawn('sh', ['-c', '{ sleep 0.1; "$0" "$@"; } | true', ...node], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said = (await text(child.stderr)).trimEnd().split('\n');
    expect(said).toEqual([expect.stringContaining('EPIPE'), 'refuses']);
  });
});

// As while one task replaces another on the same machine. All of it fits into memory, so that nothing is lost on a busy one.
test('two processes that write to one file at once leave two whole chains', async () => {
  const script = `import { createLog } from ${JSON.stringify(join(import.meta.dirname, '../log.ts'))};
import { openAudit } from ${JSON.stringify(join(import.meta.dirname, 'audit.ts'))};
const log = createLog({ service: 'auth', level: 'info' });
const settings = { stdout: false, file: process.argv[1], onFailure: 'refuse' };
const audit = openAudit(settings, { service: 'auth', version: '1', log });
process.stdin.once('data', async () => {
  for (let at = 0; at < 1_000; at++) {
    audit.write({ event: 'session_ended', why: 'provider_refused', principal: { email: 'e'.repeat(at % 900) } });
    if (at % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await audit.close();
  process.exit();
});
console.log('ready');
`;
  const node = ['--conditions=@latchkey/source', '--input-type=module', '-e', script, file];
  const both = [0, 1].map(() =>
    spawn(process.execPath, node, { stdio: ['pipe', 'pipe', 'inherit'] as const }),
  );
  await Promise.all(both.map(({ stdout }) => once(stdout, 'data')));
  await Promise.all(
    both.map((one) => {
      one.stdin.write('go');
      return once(one, 'close');
    }),
  );

  const written = readFileSync(file, 'utf8');
  const whole = { lines: 1_002, isStopped: true, faults: [] };
  expect(chainsIn(written)).toMatchObject([whole, whole]);
  const instances = written.match(/(?<="instance":")[\w-]+/g) ?? [];
  const turns = instances.filter((instance, at) => instance !== instances[at - 1]);
  expect(turns.length).toBeGreaterThan(4);
});

describe('lines that were lost', () => {
  test('are counted in the chain as soon as there is room, and it is whole', () => {
    let hasRoom = true;
    let written = '';
    let recover: (() => void) | undefined;
    const output: Output = {
      write(line) {
        if (hasRoom) written += line;
        return hasRoom;
      },
      trouble: jest.fn<() => undefined>(),
      onRecovery: (listener) => void (recover = listener),
    };
    const journal = createJournal('auth', undefined, output);
    journal.write(ended);
    hasRoom = false;
    journal.write(ended);
    journal.write(ended);
    hasRoom = true;
    recover?.();
    journal.write(ended);

    expect(journal.lost()).toBe(2);
    expect(chainsIn(written)).toMatchObject([{ lines: 3, lost: 2, faults: [] }]);
  });
});

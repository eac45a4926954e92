#!/usr/bin/env -S node --
// The dashes: Node takes an `--env-file` for its own wherever it stands, and with it whatever NODE_OPTIONS that file holds.
import '@latchkey/http/node-version';
import { call } from '@latchkey/http';
import { release } from '@latchkey/http/release';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { browserOf, runBeside, runWith, shellText } from './programs.ts';
import { run } from './run.ts';

// `latchkey … | head` closes the pipe early, which is no failure. What is left to say, nobody reads.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const argv = process.argv.slice(2);
// Not with readFileSync, which fails where the other end of a pipe has nothing to say yet. What may be longer than memory is
// read in pieces, and what is for curl is not for us.
const readsItself = ['audit', 'curl', 'replay', 'ssh'].includes(argv[0] ?? '');
const input = argv.includes('-') && !readsItself ? await buffer(process.stdin) : undefined;

const openBrowser = browserOf(process);

process.exitCode = await run(argv, {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  env: process.env,
  readFile: (path) => (path === '-' && input ? input : readFileSync(path)),
  readPieces: (path) => (path === '-' ? process.stdin : createReadStream(path)),
  isTerminal: process.stdout.isTTY,
  sizeOf: (path) => (path === '-' ? undefined : statSync(path, { throwIfNoEntry: false })?.size),
  ...(process.stderr.isTTY && { progress: progressOn(process.stderr) }),
  ...(process.stdin.isTTY && process.stderr.isTTY && { ask }),
  ...(openBrowser !== undefined && { openBrowser }),
  stdio: () => Duplex.from({ readable: process.stdin, writable: process.stdout }),
  runWith,
  runBeside,
  self: shellText([process.execPath, ...process.execArgv, process.argv[1] ?? 'latchkey']),
  async awsCredentials() {
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
    return defaultProvider()();
  },
  call,
  release,
});

function progressOn(terminal: { write(text: string): unknown }): (line: string) => void {
  let last = 0;
  return function progress(line) {
    const now = performance.now();
    if (line !== '' && now - last < 100) return;
    last = now;
    // To the start of the line, and nothing is left of what stood there.
    terminal.write(`\r\u001B[K${line}`);
  };
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

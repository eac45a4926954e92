#!/usr/bin/env -S node --
// The dashes: Node takes an `--env-file` for its own wherever it stands, and with it whatever NODE_OPTIONS that file holds.
import { readFileSync } from 'node:fs';
import { run } from './run.ts';

// `latchkey … | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  env: process.env,
  readFile: (path) => readFileSync(path),
  isTerminal: process.stdout.isTTY,
});

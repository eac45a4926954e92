// Asks auth about sessions at random, as the proxy does: takes how and where as JSON, and prints what `wrk.lua` prints.
import { introspectionForm, introspectionPath } from '@latchkey/contract';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';
import type { Pressure, Target } from './load.ts';
import { loadOf } from './summary.ts';
import type { Summary } from './summary.ts';

/** What is asked, and the file of the sessions that it is asked about, one a line. */
export type Introspections = Omit<Target, 'path' | 'cookieFile'> & Pressure & { readonly tokenFile: string };

const { port, headers, seconds, connections, tokenFile } = JSON.parse(
  process.argv[2] ?? '',
) as Introspections;
const forms = readFileSync(tokenFile, 'utf8')
  .trimEnd()
  .split('\n')
  .map((token) => introspectionForm({ token, groups: [], accessToken: false }).toString());
const auth = new Pool(`http://127.0.0.1:${port}`, { connections });
const tookMs: number[] = [];
const mostTries = 20;
let refused = 0;

const started = performance.now();
await Promise.all(Array.from({ length: connections }, askOnAndOn));
const elapsed = (performance.now() - started) / 1_000;
await auth.close();

const summary: Summary = { ...loadOf(tookMs, elapsed), refused, broken: 0 };
process.stdout.write(`${JSON.stringify(summary)}\n`);

async function askOnAndOn(): Promise<void> {
  while (performance.now() - started < seconds * 1_000) {
    const sentAt = performance.now();
    const body = forms[Math.floor(Math.random() * forms.length)] ?? '';
    if (!(await isActive(body, mostTries))) refused += 1;
    tookMs.push(performance.now() - sentAt);
  }
}

// On a busy machine Redis may be late for auth, which then says "in a moment" (503): that is part of how long it takes.
async function isActive(body: string, triesLeft: number): Promise<boolean> {
  const answer = await auth.request({ method: 'POST', path: introspectionPath, headers, body });
  const text = await answer.body.text();
  return answer.statusCode === 503 && triesLeft > 1
    ? isActive(body, triesLeft - 1)
    : text.includes('"active":true');
}

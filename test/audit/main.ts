// Asks the registry what is known of the packages in the lockfile, and fails on what is high or critical and not in
// `allowed.json`. A registry that cannot say ends in one line: that is no fault of the change under test.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allowedSchema, judge, reportSchema } from './judge.ts';

const say = (line: string) => void process.stdout.write(`audit: ${line}\n`);

const { stdout, stderr } = spawnSync('pnpm', ['audit', '--json', '--audit-level', 'high'], {
  encoding: 'utf8',
  // A package that everything uses is named with every way to it.
  maxBuffer: 256 * 1024 * 1024,
  timeout: 120_000,
});
const answered = stdout.startsWith('{');
const report = answered ? reportSchema.parse(JSON.parse(stdout)) : undefined;
const allowed = allowedSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, 'allowed.json'), 'utf8')),
);

const wrong = judge(report, allowed, new Date().toISOString().slice(0, 10));
for (const line of wrong) say(`FAILED  ${line}`);
if (!answered) {
  const said = `${stdout}${stderr}`.replace(/[\s×│├─▶╰]+/g, ' ').trim();
  say(`skipped, nothing could be asked about advisories: ${said.slice(0, 300) || 'no answer'}`);
}
const [passed, skipped] = answered && wrong.length === 0 ? [1, 0] : [0, answered ? 0 : 1];
say(`${passed} passed, ${wrong.length} failed, ${skipped} skipped`);
process.exit(wrong.length === 0 ? 0 : 1);

// What a rule of a policy costs: `node --conditions=@latchkey/source test/bench/rules.ts`.
import { noDeviceTrust } from '@latchkey/access';
import { performance } from 'node:perf_hooks';
import type { Person, RuleInput } from '@latchkey/access';
import { inNetworks, readNetwork } from '@latchkey/networks';
import { compileExpression } from '@latchkey/policy';

const office = ['198.51.100.0/24'].map(readNetwork).filter((network) => network !== undefined);
const surroundings = {
  deviceHeaders: new Map<string, string>(),
  networks: new Map([['office', inNetworks(office)]]),
  compilePattern: (source: string) => ({ ok: true as const, pattern: new RegExp(source, 'v') }),
};
const principal: Person = {
  kind: 'person',
  email: 'ann@example.com',
  groups: ['a', 'b', 'contractors@example.com'],
  idp: 'google',
  authTime: Date.now() / 1000,
};
const input: RuleInput = {
  principal,
  path: '/page',
  route: { service: 'wiki', tags: ['internal'] },
  asked: {
    method: 'GET',
    host: 'wiki.example.com',
    address: '198.51.100.7',
    rawHeaders: [],
    forwardAuth: false,
    deviceTrust: noDeviceTrust,
    now: Date.now,
  },
};
const rules = [
  '"contractors@example.com" in user.groups && !(request.method in ["GET", "HEAD"])',
  '!(request.address in networks.office)',
  'request.path.startsWith("/admin") && !("admins@example.com" in user.groups)',
  'request.time - user.auth_time > duration("1h")',
  'request.time.getHours("Europe/Berlin") < 7 || request.time.getHours("Europe/Berlin") >= 19',
];
const times = 1_000_000;
for (const source of rules) {
  const compiled = compileExpression(source, surroundings);
  if (!compiled.ok) throw new Error(compiled.mistake.message);
  const { decide } = compiled.expression;
  for (let warm = 0; warm < 100_000; warm += 1) decide(input);
  const begin = performance.now();
  for (let run = 0; run < times; run += 1) decide(input);
  const nanoseconds = ((performance.now() - begin) / times) * 1e6;
  process.stdout.write(`${nanoseconds.toFixed(0).padStart(6)} ns  ${source}\n`);
}

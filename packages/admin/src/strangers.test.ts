// The admin port wrote a line for each wrong secret that somebody inside the network tried, as fast as they could ask. And its
// answer about being ready showed everybody the mistake in the upstream file, with the people and hosts in it.
import type { AuditEntry } from '@latchkey/contract';
import { createMetrics } from '@latchkey/telemetry';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { startAdmin } from './listen.ts';

const secret = 'a-secret-of-operators-long-enough';
const lines: string[] = [];
const audited: AuditEntry[] = [];
let admin: Awaited<ReturnType<typeof startAdmin>>;

beforeAll(async () => {
  admin = await startAdmin({
    port: 0,
    address: '127.0.0.1',
    log: pino({}, { write: (line) => void lines.push(line) }),
    audit: { write: (entry) => void audited.push(entry) },
    readiness: () => [
      {
        name: 'upstream_file',
        isReady: true,
        why: ['the version before is in force'],
        details: ['upstreams.yml:3: ann@example.com is no group'],
      },
    ],
    registry: createMetrics(),
    secrets: [secret],
  });
});
afterAll(() => admin.stop());

test('wrong secrets are refused before they leave a line each, and the right one never', async () => {
  const tries = Array.from({ length: 200 }, () => ask('/log-level', 'wrong', 'PUT'));
  const statuses = (await Promise.all(tries)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  expect(lines.filter((line) => line.includes('refused at the admin port'))).toHaveLength(30);
  expect(audited).toHaveLength(30);
  expect((await ask('/log-level', secret, 'PUT')).status).toBe(400);
});

test('the level that an operator chose is in the audit log', async () => {
  const headers = { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' };
  const url = `http://127.0.0.1:${admin.port}/log-level`;
  await fetch(url, { method: 'PUT', headers, body: '{"level": "info"}' });
  expect(audited.at(-1)).toMatchObject({ event: 'operator', action: 'log_level', level: 'info' });
});

test('neither does a stranger fill it with other mistakes', async () => {
  lines.length = 0;
  await Promise.all(Array.from({ length: 50 }, () => ask('/readyz', undefined, 'DELETE')));
  expect(lines).toEqual([]);
});

test('what is wrong with the upstream file is for operators', async () => {
  expect(await (await ask('/readyz')).json()).toEqual({
    ready: true,
    components: { upstream_file: { ready: true, why: ['the version before is in force'] } },
  });
  expect(await (await ask('/readyz', secret)).text()).toContain('ann@example.com is no group');
  expect((await ask('/readyz', 'wrong')).status).toBe(429);
});

function ask(path: string, shown?: string, method = 'GET'): Promise<Response> {
  const headers = shown === undefined ? {} : { Authorization: `Bearer ${shown}` };
  return fetch(`http://127.0.0.1:${admin.port}${path}`, { method, headers });
}

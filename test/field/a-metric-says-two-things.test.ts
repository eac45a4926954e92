// An alarm on refusals rang whenever somebody had to sign in, and the count of sessions that stood by their grace period
// held those that were answered 503: one number for two things.
import { expect, test } from '@jest/globals';
import { startProxy } from '@latchkey/proxy';
import { createMetrics } from '@latchkey/telemetry';
import { Browser } from '@latchkey/testing/browser';
import { useStack } from '../fixtures/use-stack.ts';

const registries = { proxy: createMetrics(), auth: createMetrics() };
const the = useStack({ registries });

async function counted(registry: typeof registries.proxy, name: string): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(name));
}

test('who is refused and who has to sign in first are counted apart', async () => {
  const browser = await the.signedIn();
  await browser.fetch(the.stack.url('vault'));
  await the.browser().fetch(the.stack.url('vault'));
  expect(await counted(registries.proxy, 'latchkey_denials_total')).toEqual([
    'latchkey_denials_total{route="vault",reason="no_rule_matches",policy=""} 1',
  ]);
  expect(await counted(registries.proxy, 'latchkey_unauthenticated_total{route="vault"')).toEqual([
    'latchkey_unauthenticated_total{route="vault",reason="no_session"} 1',
  ]);
});

test('only who passed although auth is away passed by a grace period', async () => {
  const browser = await the.signedIn();
  const cookie = await browser.jar.getCookieString(the.stack.url('hello'));
  const { proxySettings, table, signer } = the.stack;
  await the.stack.auth.stop();
  await the.stack.proxy.stop();
  const registry = createMetrics();
  // A task that knows nobody's groups yet.
  const cold = await startProxy({
    settings: proxySettings,
    table,
    signer,
    log: the.stack.proxyLog,
    registry,
  });
  const other = new Browser();
  const ask = (host: string) => other.fetch(the.stack.url(host), { headers: { cookie } });
  expect((await ask('wiki')).status).toBe(503);
  expect(await counted(registry, 'latchkey_session_grace_total')).toEqual(['latchkey_session_grace_total 0']);
  expect(await counted(registry, 'latchkey_denials_total{')).toEqual([]);
  expect((await ask('hello')).status).toBe(200);
  expect(await counted(registry, 'latchkey_session_grace_total')).toEqual(['latchkey_session_grace_total 1']);
  await other.close();
  await cold.stop();
});

// A proxy beside its application starts with it, and often before it can answer: people got 502 until it could.
import { expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { freePort } from '@latchkey/testing/ports';
import { startLoneProxy } from '../fixtures/lone-proxy.ts';

function upstreamsTo(to: string, wait: string): string {
  return `
- service: grafana
  default:
    from: grafana.latchkey.localhost
    to: ${to}
    options: { allowed_email_domains: ['*'], wait_for: { path: /login${wait} } }`;
}

test('it is ready once the application answers, and says until then why not', async () => {
  const state = { status: 503 };
  const asked = Promise.withResolvers<string | undefined>();
  const app = createServer((req, res) => {
    asked.resolve(`${req.method} ${req.url} ${req.headers.host}`);
    res.writeHead(state.status, { Location: '/elsewhere' }).end();
  });
  const socket = join(mkdtempSync(join(tmpdir(), 'lk-')), 'app.sock');
  await once(app.listen(socket), 'listening');
  const adminPort = await freePort();
  const UPSTREAM_CONFIG = upstreamsTo(`unix:${socket}`, '');
  const proxy = await startLoneProxy({
    upstreamPort: 9,
    env: { ADMIN_PORT: String(adminPort), UPSTREAM_CONFIG },
  });
  try {
    const ping = () => fetch(`http://127.0.0.1:${proxy.port}/ping`);
    const why = 'grafana: /login is answered 503, and wait_for expects 200-399';
    expect(await asked.promise).toBe('GET /login localhost');
    await proxy.process.prints(new RegExp(why));
    const answer = await ping();
    expect([answer.status, await answer.text()]).toEqual([503, `${why}\n`]);
    const ready = await fetch(`http://127.0.0.1:${adminPort}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([
      503,
      { ready: false, components: { applications: { ready: false, why: [why] } } },
    ]);

    state.status = 302;
    await proxy.process.prints(/the application answers as wait_for says/);
    expect((await ping()).status).toBe(200);
  } finally {
    await proxy.stop();
    app.close();
  }
});

test('one whose application does not answer in time ends, so that its platform starts it again', async () => {
  const UPSTREAM_CONFIG = upstreamsTo('http://127.0.0.1:9', ', timeout: 1s');
  const { process } = await startLoneProxy({ upstreamPort: 9, env: { UPSTREAM_CONFIG } });
  expect(await process.ended).toBe(1);
  expect(process.output()).toMatch(
    /proxy cannot start:\n {2}grafana: \/login has no answer \(upstream_unreachable\), .*: given up after 1 s/,
  );
});

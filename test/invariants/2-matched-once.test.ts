// Invariant 2: the route is matched once. What was decided about is what is forwarded (CVE-2023-33189: the authorizer
// matched the URL a second time, in its own way, and chose another route).
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLog } from '@latchkey/telemetry';
import type { RunningServer } from '@latchkey/http';
import { createLiveTable, createSigner, startProxy } from '@latchkey/proxy';
import { loadProxySettings, sentenceOf } from '@latchkey/settings';
import { loadUpstreams } from '@latchkey/upstreams';
import type { RouteTable } from '@latchkey/upstreams';
import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { freePort } from '@latchkey/testing/ports';
import { sendRaw } from '../fixtures/raw-request.ts';
import { startRecorder } from '../fixtures/recorder.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { startUp } from '@latchkey/testing/environments';

let open: Recorder;
let closed: Recorder;
let proxy: RunningServer;
let matches = 0;

beforeAll(async () => {
  [open, closed] = await Promise.all([startRecorder(), startRecorder()]);
  const settings = startUp(
    loadProxySettings({
      SERVER_PORT: String(await freePort()),
      PROVIDER_URL_EXTERNAL: 'http://sso.latchkey.localhost',
      CLIENT_ID: 'proxy',
      CLIENT_SECRET: 'not used here and long enough all the same',
      SESSION_COOKIE_SECRET: randomBytes(32).toString('base64'),
      SESSION_COOKIE_SECURE: 'false',
      UPSTREAM_CLUSTER: 'test',
    }),
  );
  const { table } = loadUpstreams({
    ...settings.upstream,
    file: 'test.yml',
    text: ['open', 'closed']
      .map((name) => {
        const { port } = name === 'open' ? open : closed;
        return `- {service: ${name}, default: {from: ${name}.test, to: 'http://127.0.0.1:${port}', options: {allowed_groups: ['*'], skip_auth_regex: ['^/']}}}`;
      })
      .join('\n'),
  });
  if (table === undefined) throw new Error('the file is not read');

  // A table that changes its mind: a caller that asks a second time gets the other route.
  const fickle: RouteTable = {
    ...table,
    match(_host, port) {
      matches += 1;
      return table.match(matches % 2 === 1 ? 'open.test' : 'closed.test', port);
    },
  };
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const log = createLog({ service: 'proxy', level: 'info', destination: silent });
  const signing = createSigner({ variables: {}, rsaKey: undefined, assertionKey: undefined });
  if ('problems' in signing) throw new Error(signing.problems.map(sentenceOf).join());
  const { signer } = signing;
  proxy = await startProxy({ settings: settings, table: createLiveTable(fickle), signer, log });
});
afterAll(() => Promise.all([proxy.stop(), open.close(), closed.close()]));

test('a request asks the table once, and goes where the decided route leads', async () => {
  const answer = await sendRaw(proxy.port, 'GET /x HTTP/1.1\nHost: open.test\nConnection: close\n\n');
  expect(answer.status).toBe(200);
  expect(matches).toBe(1);
  expect(open.received).toHaveLength(1);
  expect(closed.received).toHaveLength(0);
});

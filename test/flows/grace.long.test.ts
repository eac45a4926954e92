// Grace is for everything that is not a no, and for nothing else. A directory that is away is in `google-directory`, Redis in
// `several-tasks` and `services/auth/src/lifecycle/redis-fails`.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createMetrics } from '@latchkey/telemetry';
import type { Browser } from '@latchkey/testing/browser';
import { createServer, request } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { freePort } from '@latchkey/testing/ports';
import { signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

const minute = 60_000;
const engineer = 'engineer@example.com';

let [timeOfDay, passed] = [0, 0];
/** in place of auth's answers to the proxy */
let answer: ((res: ServerResponse) => void) | undefined;
let between: Server;
let stack: Stack;
let person: Browser;
const registries = { proxy: createMetrics(), auth: createMetrics() };

beforeEach(async () => {
  [timeOfDay, passed] = [0, 0];
  answer = undefined;
  registries.proxy.clear();
  registries.auth.clear();
  const port = await freePort();
  between = createServer((req, res) => {
    if (answer !== undefined) return answer(res);
    const { method = 'POST', headers, url: path } = req;
    const asked = request({ port: headers.host?.split(':')[1], path, method, headers }, (said) =>
      said.pipe(res.writeHead(said.statusCode ?? 502, said.headers)),
    ).on('error', () => res.destroy());
    return void req.pipe(asked);
  });
  await new Promise<void>((resolve) => between.listen(port, '127.0.0.1', resolve));
  stack = await startStack({
    providerType: 'oidc',
    registries,
    now: () => Date.now() + timeOfDay,
    elapsed: () => performance.now() + passed,
    proxyEnv: { PROVIDER_URL_INTERNAL: `http://127.0.0.1:${port}` },
  });
  person = await signedIn(stack, engineer, stack.url('wiki'));
});
afterEach(async () => {
  answer = undefined;
  await person.close();
  between.closeAllConnections();
  between.close();
  await stack.close();
});

/** So long after the sign-in. */
function after(ms: number): void {
  [timeOfDay, passed] = [ms, ms];
}

const status = async () => (await person.fetch(stack.url('wiki'))).status;
const says =
  (code: number, body = '') =>
  (res: ServerResponse) =>
    void res.writeHead(code).end(body);

describe('a session goes on for the grace period, and no longer, while', () => {
  const troubles: readonly (readonly [string, () => void])[] = [
    ['nobody listens where auth was', () => between.close().closeAllConnections()],
    ['auth hangs up', () => void (answer = (res) => void res.destroy())],
    ['auth says that it is asked too often', () => void (answer = says(429))],
    ['auth fails', () => void (answer = says(500))],
    ['a load balancer says that there is no auth', () => void (answer = says(502, '<html>'))],
    ['auth says that its store is away', () => void (answer = says(503, '{"error":"store_unavailable"}'))],
    ['something else answers in the place of auth', () => void (answer = says(200, '<html>'))],
    ['auth does not know the proxy', () => void (answer = says(401, '{"error":"client_refused"}'))],
    [
      'the provider cannot be reached by a healthy auth',
      () => void (stack.idp.behaviour.faults = { token: { hangUp: true } }),
    ],
    [
      'the provider says that it is asked too often',
      () => void (stack.idp.behaviour.faults = { token: { answer: { status: 429, body: '' } } }),
    ],
    [
      'the provider fails',
      () => void (stack.idp.behaviour.faults = { token: { answer: { status: 503, body: '' } } }),
    ],
  ];

  test.each(troubles)('%s', async (_, begin) => {
    begin();
    for (const minutes of [2, 119, 179]) {
      after(minutes * minute);
      expect([minutes, await status()]).toEqual([minutes, 200]);
    }
  });

  test('it is over where auth has said nothing for that long: 503, and the cookie stays', async () => {
    answer = says(502);
    after(182 * minute);
    const late = await person.visit(stack.url('wiki'));
    expect([late.status, late.headers['set-cookie']]).toEqual([503, undefined]);
  });

  test('the person and the metrics learn how old the last answer is', async () => {
    const before = await me();
    answer = says(502);
    after(100 * minute);
    expect(await status()).toBe(200);

    expect([before.in_grace, await me()]).toMatchObject([
      false,
      { in_grace: true, checked_at: before.checked_at },
    ]);
    const metrics = await registries.proxy.metrics();
    expect(metrics).toContain('latchkey_requests_in_grace_total 1');
    expect(metrics).toContain('latchkey_session_age_seconds_bucket{le="10800"} 2');
    expect(metrics).toContain('latchkey_session_age_seconds_bucket{le="1800"} 1');
  });
});

const me = async () => JSON.parse((await person.fetch(stack.url('wiki', '/oauth2/me'))).body) as Me;
type Me = { readonly checked_at: string; readonly in_grace: boolean };

describe('a no is no outage: within SESSION_TTL_VALID', () => {
  test.each<[string, () => void, number]>([
    [
      'who was switched off at the provider signs in again',
      () => void stack.idp.behaviour.disabled.add(engineer),
      401,
    ],
    [
      'who was taken out of the group is refused',
      () => void stack.idp.accounts.find(({ email }) => email === engineer)?.groups.splice(0),
      403,
    ],
    ['whose session has ended signs in again', () => void (answer = says(200, '{"active":false}')), 401],
  ])('%s', async (_, no, expected) => {
    // The access token of the last answer is over.
    after(61 * minute);
    no();
    expect(await status()).toBe(expected);
  });
});

describe('a clock that is set', () => {
  test.each([-400 * 24 * 60, -60, 60])('by %d minutes ends no session and keeps none', async (minutes) => {
    timeOfDay = minutes * minute;
    expect(await status()).toBe(200);
    answer = says(200, '{"active":false}');
    passed = 2 * minute;
    expect(await status()).toBe(401);
  });
});

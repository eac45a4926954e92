// Services in a VPC Lattice service network, whose policies let in by the role of a task and by the scopes of a token: the
// example of deploy/ecs/examples/lattice, with its upstream file and its policies as they stand.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { startIssuer } from '../fixtures/issuer.ts';
import type { TokenIssuer } from '../fixtures/issuer.ts';
import {
  exampleUpstreams,
  latticeAuthority,
  latticeScope,
  roleArn,
  startLattice,
} from '../fixtures/lattice.ts';
import type { Lattice } from '../fixtures/lattice.ts';
import { sendRaw } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { signedGet } from '../fixtures/sigv4-verifier.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';
import { startTaskCredentials } from '../fixtures/task-credentials.ts';
import type { CredentialsEndpoint } from '../fixtures/task-credentials.ts';

const role = (name: string, account?: string) => ({
  arn: roleArn(name, account),
  accessKeyId: `ASIA${name.toUpperCase()}`,
  secret: `a secret of the role ${name}`,
});
const latchkey = { ...role('latchkey'), token: 'its/token+of=today' };
const [app1, app2, app3] = [role('app1'), role('app2'), role('app3')];
const stranger = role('stranger', '444455556666');

let issuer: TokenIssuer;
let lattice: Lattice;
let credentials: CredentialsEndpoint;
let stack: Stack;

beforeAll(async () => {
  [issuer, lattice, credentials] = await Promise.all([
    startIssuer(),
    startLattice([latchkey, app1, app2, app3, stranger]),
    startTaskCredentials(latchkey),
  ]);
  stack = await startStack({
    proxyEnv: { UPSTREAM_DEFAULT_CA_FILE: latticeAuthority },
    upstreams: exampleUpstreams
      .replace('https://id.harbourline.example', issuer.issuer)
      .replaceAll(/(app\d)\.lattice\.harbourline\.example/g, (_, service: string) => lattice.host(service))
      .replaceAll('.apps.harbourline.example', '.latchkey.localhost'),
  });
});
afterEach(() => {
  lattice.received.length = 0;
  lattice.refused.length = 0;
});
afterAll(() => {
  issuer.close();
  lattice.close();
  credentials.close();
});

/** Through Latchkey, as a program. */
function ask(service: string, ...headers: string[]) {
  const lines = [`Host: ${service}.latchkey.localhost:${stack.ports.proxy}`, 'Connection: close', ...headers];
  return sendRaw(stack.ports.proxy, `GET /orders?of=today HTTP/1.1\n${lines.join('\n')}\n\n`);
}

/** From a service to the next one, past Latchkey. */
async function call(service: string, headers: Record<string, string>) {
  const path = '/orders?of=today';
  const req = request(`https://${lattice.host(service)}${path}`, {
    headers,
    ca: readFileSync(latticeAuthority),
  });
  const [res] = (await once(req.end(), 'response')) as [IncomingMessage];
  return { status: res.statusCode, body: await text(res) };
}
const as = (who: typeof app1, service: string) =>
  signedGet(lattice.host(service), '/orders?of=today', { ...who, scope: latticeScope });

const token = (scope: string) =>
  issuer.sign({ aud: 'https://apps.harbourline.example', sub: 'nightly', scope });
const bearer = async (scope: string) => `Authorization: Bearer ${await token(scope)}`;

describe('from service to service', () => {
  test('one that the policy names is let in', async () => {
    expect(await call('app1', as(app2, 'app1'))).toEqual({ status: 200, body: 'app1' });
  });

  test.each([
    ['one that the policy does not name', app3, 'app1', 'service'],
    ['the same to another service', app2, 'app3', 'service'],
    ['one of another account', stranger, 'app1', 'network'],
  ])('%s is refused', async (_, who, service, by) => {
    expect(await call(service, as(who, service))).toEqual({
      status: 403,
      body: `AccessDeniedException: no ${by}-based policy allows it`,
    });
  });

  test('one without a signature, or with a wrong one, is refused, whatever its headers say', async () => {
    const scope = { 'x-jwt-scope-apps.all': 'true', 'x-jwt-subject': 'nightly' };
    expect(await call('app1', scope)).toMatchObject({
      status: 403,
      body: expect.stringContaining('network-based'),
    });
    const forged = as({ ...latchkey, secret: 'a guess' }, 'app1');
    expect(await call('app1', { ...forged, ...scope, 'x-amz-security-token': latchkey.token })).toMatchObject(
      {
        status: 403,
      },
    );
    expect(await call('app1', { ...as(app3, 'app1'), ...scope })).toMatchObject({ status: 403 });
    expect(lattice.received).toEqual([]);
  });
});

describe('through Latchkey', () => {
  test('without a token nothing is asked of a service', async () => {
    const { status, head } = await ask('app1');
    expect([status, head]).toEqual([
      401,
      expect.stringMatching(/^www-authenticate: Bearer realm="Latchkey"/im),
    ]);
    expect([lattice.received, lattice.refused]).toEqual([[], []]);
  });

  test('a token of somebody else, or one that is over, does not get there either', async () => {
    const mine = await startIssuer();
    const forged = await mine.sign({
      iss: issuer.issuer,
      aud: 'https://apps.harbourline.example',
      scope: 'apps.all',
    });
    const over = await issuer.sign({
      aud: 'https://apps.harbourline.example',
      scope: 'apps.all',
      exp: 1_000_000_000,
    });
    mine.close();
    for (const one of [forged, over]) {
      expect(await ask('app1', `Authorization: Bearer ${one}`)).toMatchObject({ status: 401 });
    }
    expect([lattice.received, lattice.refused]).toEqual([[], []]);
  });

  test.each(['app1', 'app2'])(
    'a token with the scope is let in to %s, as the policy reads it',
    async (service) => {
      expect(await ask(service, await bearer('openid apps.all'))).toMatchObject({
        status: 200,
        body: service,
      });
      const [{ request: arrived, signed } = { request: { rawHeaders: [] }, signed: [] }] = lattice.received;
      expect(valuesOf(arrived, 'X-Jwt-Scope-apps.all')).toEqual(['true']);
      expect(valuesOf(arrived, 'X-Jwt-Subject')).toEqual(['nightly']);
      expect(signed).toEqual(expect.arrayContaining(['host', 'x-jwt-scope-apps.all', 'x-jwt-subject']));
      expect(arrived.rawHeaders.join()).not.toContain('Bearer');
    },
  );

  test.each([
    ['without the scope', 'app1', 'openid'],
    ['with a scope that is written almost like it', 'app2', 'apps apps.all.read'],
    ['with the scope, to a service that nobody may call', 'app3', 'apps.all'],
  ])('a token %s is refused by the policy of the service', async (_, service, scope) => {
    expect(await ask(service, await bearer(scope))).toMatchObject({
      status: 403,
      body: 'AccessDeniedException: no service-based policy allows it',
    });
    expect(lattice.received).toEqual([]);
  });

  test.each(['X-Jwt-Scope-apps.all: true', 'x_jwt_scope_apps_all: true', 'X-JWT-SCOPE-APPS.ALL: true'])(
    'a caller who writes %s has no scope by that',
    async (header) => {
      expect(await ask('app1', await bearer('openid'), header)).toMatchObject({ status: 403 });
      expect(lattice.refused).toEqual(['no service-based policy allows it']);
    },
  );
});

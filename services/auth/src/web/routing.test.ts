import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  adminRevocationPath,
  adminSessionsPath,
  authorizationServerPaths as programs,
  handshakePath,
  introspectionPath,
  ownEndpoints,
  revocationsPath,
  tokenPath,
} from '@latchkey/contract';
import { createMetrics } from '@latchkey/telemetry';
import { adminEnv } from '../../test/operator.ts';
import { newTokenKey } from '../../test/program.ts';
import { startRig } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';
import { accountPath, endAllPath, endOnePath, endProgramPath } from '../account/path.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'] as const;

const forTheProxy = {
  [introspectionPath]: 'POST',
  [revocationsPath]: 'POST',
  [tokenPath]: 'POST',
  [handshakePath]: 'POST',
};
const forOperators = { [adminSessionsPath]: 'GET, HEAD', [adminRevocationPath]: 'POST' };
const forBrowsers = {
  '/': 'GET, HEAD',
  '/robots.txt': 'GET, HEAD',
  [accountPath]: 'GET, HEAD',
  [endOnePath]: 'POST',
  [endProgramPath]: 'POST',
  [endAllPath]: 'POST',
  '/google/sign_in': 'GET, HEAD',
  '/google/start': 'GET, HEAD',
  '/google/callback': 'GET, HEAD',
  '/google/sign_out': 'GET, HEAD, POST',
  '/okta/backchannel_logout': 'POST',
};
const forPrograms = {
  [ownEndpoints.jwks.path]: 'GET, HEAD',
  [ownEndpoints.wellKnownJwks.path]: 'GET, HEAD',
  [programs.keys]: 'GET, HEAD',
  [programs.metadata]: 'GET, HEAD',
  [programs.authorize]: 'GET, HEAD',
  [programs.approve]: 'POST',
  [programs.deviceAuthorization]: 'POST',
  [programs.device]: 'GET, HEAD, POST',
  [programs.revoke]: 'POST',
  [programs.register]: 'POST',
};

describe.each([
  {
    port: 'the port for all',
    env: { ACCESS_TOKEN_KEY: newTokenKey(), PROGRAM_REGISTRATION: 'true' },
    of: (rig: Rig) => rig.port,
    endpoints: { ...forTheProxy, ...forBrowsers, ...forPrograms },
  },
  {
    port: 'the internal port',
    env: adminEnv,
    of: (rig: Rig) => rig.internalPort,
    endpoints: { ...forTheProxy, ...forOperators },
  },
])('on $port', ({ env, of, endpoints }) => {
  let rig: Rig;
  const registry = createMetrics();
  beforeAll(async () => {
    rig = await startRig({ env: { ...env, SERVER_RATE_LIMIT: '0' }, registry });
  });
  afterAll(() => rig.close());

  test.each(Object.entries(endpoints))(
    '%s takes %s, and answers 405 with these to others',
    async (path, allowed) => {
      const answers = await Promise.all(methods.map((method) => rig.ask(method, path, of(rig))));
      const taken = methods.filter((_, at) => answers[at]?.status !== 405);
      expect(taken.join(', ')).toBe(allowed);
      for (const { status, headers } of answers) {
        if (status === 405) expect(headers['allow']).toBe(allowed);
      }
    },
  );

  test('each of them has a name in metrics', async () => {
    for (const path of Object.keys(endpoints)) await rig.ask('POST', path, of(rig));
    const requests = await registry.getSingleMetric('latchkey_request_duration_seconds')?.get();
    const names = new Set(requests?.values.map(({ labels }) => labels['route']));
    expect(names).toContain('token');
    expect(names).not.toContain('unknown');
  });
});

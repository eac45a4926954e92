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
  [introspectionPath]: ['POST', 'introspect'],
  [revocationsPath]: ['POST', 'revocations'],
  [tokenPath]: ['POST', 'token'],
  [handshakePath]: ['POST', 'handshake'],
};
const forOperators = {
  [adminSessionsPath]: ['GET, HEAD', 'admin'],
  [adminRevocationPath]: ['POST', 'admin'],
};
const forBrowsers = {
  '/': ['GET, HEAD', 'home'],
  '/robots.txt': ['GET, HEAD', 'robots'],
  [accountPath]: ['GET, HEAD', 'account'],
  [endOnePath]: ['POST', 'sign_out'],
  [endProgramPath]: ['POST', 'revoke'],
  [endAllPath]: ['POST', 'sign_out'],
  '/google/sign_in': ['GET, HEAD', 'sign_in'],
  '/google/start': ['GET, HEAD', 'start'],
  '/google/callback': ['GET, HEAD', 'callback'],
  '/google/sign_out': ['GET, HEAD, POST', 'sign_out'],
  '/okta/backchannel_logout': ['POST', 'backchannel_logout'],
};
const forPrograms = {
  [ownEndpoints.jwks.path]: ['GET, HEAD', 'keys'],
  [ownEndpoints.wellKnownJwks.path]: ['GET, HEAD', 'keys'],
  [programs.keys]: ['GET, HEAD', 'keys'],
  [programs.metadata]: ['GET, HEAD', 'metadata'],
  [programs.authorize]: ['GET, HEAD', 'authorize'],
  [programs.approve]: ['POST', 'authorize'],
  [programs.deviceAuthorization]: ['POST', 'device'],
  [programs.device]: ['GET, HEAD, POST', 'device'],
  [programs.revoke]: ['POST', 'revoke'],
  [programs.register]: ['POST', 'register'],
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
    '%s takes only its methods, and answers 405 with these to others',
    async (path, [allowed]) => {
      const answers = await Promise.all(methods.map((method) => rig.ask(method, path, of(rig))));
      const taken = methods.filter((_, at) => answers[at]?.status !== 405);
      expect(taken.join(', ')).toBe(allowed);
      for (const { status, headers } of answers) {
        if (status === 405) expect(headers['allow']).toBe(allowed);
      }
    },
  );

  test.each(Object.entries(endpoints))('%s has its name in metrics', async (path, [, name]) => {
    registry.resetMetrics();
    await rig.ask('POST', path, of(rig));
    const requests = await registry.getSingleMetric('latchkey_request_duration_seconds')?.get();
    expect(new Set(requests?.values.map(({ labels }) => labels['route']))).toStrictEqual(new Set([name]));
  });
});

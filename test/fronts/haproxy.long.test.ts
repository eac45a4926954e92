// People reach the services through haproxy, set up as deploy/fronts/haproxy.cfg says.
import { describe, expect, test } from '@jest/globals';
import { findProgram } from '@latchkey/testing/programs';
import { checked, useFront } from './front.ts';
import { holdsBehind } from './holds-behind.ts';

const haproxy = findProgram('haproxy');

if (haproxy === undefined) test.skip('haproxy is not installed here', () => undefined);
else
  describe('behind haproxy', () => {
    const the = useFront(
      haproxy,
      ({ copied }) => ({
        files: { 'haproxy.cfg': copied('haproxy.cfg') },
        args: ['-db', '-f', 'haproxy.cfg'],
      }),
      { proxyEnv: { SERVER_INTERIM_ANSWERS: 'true' } },
    );
    holdsBehind(the);

    test('its checks over HTTP/1.0 find both services healthy', async () => {
      expect(await checked(the)).toEqual([200, 200]);
      expect(the.output()).not.toMatch(/(?:proxy1|auth1) is DOWN/);
    });
  });

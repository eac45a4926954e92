import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { demoPorts, expectFree } from './ports.ts';

describe('the ports of the demo', () => {
  test.each([
    { base: undefined, ports: { proxy: 4180, auth: 4181, idp: 4182 } },
    { base: '', ports: { proxy: 4180, auth: 4181, idp: 4182 } },
    { base: '5180', ports: { proxy: 5180, auth: 5181, idp: 5182 } },
  ])('from $base are $ports', ({ base, ports }) => {
    expect(demoPorts(base)).toEqual(ports);
  });

  test.each(['abc', '0', '-1', '80.5', '65534'])('are never made of %j', (base) => {
    expect(() => demoPorts(base)).toThrow(`LATCHKEY_DEMO_PORT is "${base}"; write a port from 1 to 65533.`);
  });

  test('are complained about by number where one is taken, with what to do about it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const taken = typeof address === 'object' && address ? address.port : 0;
    const ports = { proxy: taken, auth: taken, idp: taken };
    try {
      await expect(expectFree(ports)).rejects.toThrow(
        `Port ${taken} cannot be had: another program is using it. To move the demo: LATCHKEY_DEMO_PORT=5180 npm start`,
      );
    } finally {
      await other[Symbol.asyncDispose]();
    }
    await expectFree(ports);
  });
});

// Both services listened on SERVER_ADDRESS, and `/metrics` on every address of the machine all the same.
import { expect, test } from '@jest/globals';
import { freePort } from '@latchkey/testing/ports';
import { startLoneProxy } from '../fixtures/lone-proxy.ts';

test('metrics listen where the service listens, and nowhere else', async () => {
  const metrics = await freePort();
  const proxy = await startLoneProxy({ upstreamPort: 9, env: { METRICS_PORT: String(metrics) } });
  try {
    expect((await fetch(`http://127.0.0.1:${metrics}/metrics`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.2:${metrics}/metrics`)).rejects.toThrow('fetch failed');
  } finally {
    await proxy.stop();
  }
});

import { replyJson, replyText, startServer } from '@latchkey/http';
import type { RunningServer } from '@latchkey/http';

/** Where the health check of the image asks, of a connector as of the services. */
const path = '/ping';
const timeouts = { readMs: 5_000, writeMs: 5_000, requestMs: 10_000, shutdownMs: 0 };

/**
 * Answers a health check of this container, and nobody outside it: 200 while there is a connection to the proxy.
 *
 * @param connections to the proxy; undefined while the targets are waited for
 * @throws the `listen` error
 */
export function openHealth(port: number, connections: () => number | undefined): Promise<RunningServer> {
  return startServer(
    () => ({
      request(req, res) {
        if (req.url !== path) return replyText(res, 404, 'only /ping is answered here\n');
        const why = whyNot(connections());
        const health = { ready: why === undefined, connections: connections() ?? 0, why };
        return replyJson(res, health.ready ? 200 : 503, health);
      },
    }),
    { port, address: '127.0.0.1', timeouts },
  );
}

function whyNot(connections: number | undefined): string | undefined {
  if (connections === undefined) return 'waiting for the targets';
  return connections > 0 ? undefined : 'not connected to the proxy';
}

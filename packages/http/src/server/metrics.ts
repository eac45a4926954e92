import { createServer } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { replyText } from './reply.ts';

/** A service's metrics. Process metrics (memory, event loop, garbage collection) are in it from the start. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/**
 * Serves metrics for Prometheus at `/metrics`, on a port of its own: who may see the applications must not see how they
 * are used (CVE-2022-24797).
 *
 * @throws the `listen` error
 */
export async function serveMetrics(
  registry: Registry,
  port: number,
): Promise<{ port: number; close(): void }> {
  const server = createServer(function metrics(req, res) {
    if (req.url !== '/metrics') return replyText(res, 404, 'only /metrics is here\n');
    res.setHeader('Content-Type', registry.contentType);
    return void registry.metrics().then(
      (text) => res.end(text),
      () => res.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => void server.close(),
  };
}

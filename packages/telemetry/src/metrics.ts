import { createServer } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { PrometheusTable } from './metric-tables.ts';
import { replyText } from '@latchkey/http';

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
 * @param options.address one of the machine's; default: all
 * @throws the `listen` error
 */
export async function serveMetrics(
  registry: Registry,
  options: { port: number; address?: string | undefined },
): Promise<{ port: number; close(): void }> {
  const server = createServer(function metrics(req, res) {
    if (req.url !== '/metrics') return replyText(res, 404, 'only /metrics is here\n');
    res.setHeader('Content-Type', registry.contentType);
    return void registry.metrics().then(
      (text) => res.end(text),
      () => res.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen({ port: options.port, host: options.address }, resolve),
  );
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () => void server.close(),
  };
}

// Seconds. Few, because each is a series for every combination of labels.
const durationBuckets = [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10];

/**
 * Makes a table's histogram of durations in seconds.
 *
 * @param buckets for what lasts longer than an answer takes
 */
export function histogramOf<T extends PrometheusTable>(
  registry: Registry,
  table: T,
  name: keyof T & string,
  buckets: number[] = durationBuckets,
): Histogram {
  return new Histogram({ ...configurationOf(registry, table, name), buckets });
}

/** Makes a table's counter. */
export function counterOf<T extends PrometheusTable>(
  registry: Registry,
  table: T,
  name: keyof T & string,
): Counter {
  return new Counter(configurationOf(registry, table, name));
}

/**
 * Makes a table's gauge.
 *
 * @param read gives its value whenever somebody looks; absent where it is set
 */
export function gaugeOf<T extends PrometheusTable>(
  registry: Registry,
  table: T,
  name: keyof T & string,
  read?: () => number,
): Gauge {
  return new Gauge({
    ...configurationOf(registry, table, name),
    ...(read !== undefined && {
      collect() {
        this.set(read());
      },
    }),
  });
}

function configurationOf<T extends PrometheusTable>(registry: Registry, table: T, name: keyof T & string) {
  const { help, labels } = table[name] ?? { help: '', labels: [] };
  return { name, help, labelNames: [...labels], registers: [registry] };
}

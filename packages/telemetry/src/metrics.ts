import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { PrometheusTable } from './metric-tables.ts';
import { noteExemplars } from './open-metrics.ts';
import type { Span } from './trace/span.ts';

/** A service's metrics. Process metrics (memory, event loop, garbage collection) are in it from the start. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** A histogram, of seconds. */
export type DurationHistogram = {
  /** @param span of what was measured, by which the number can be explained */
  observe(labels: Readonly<Record<string, string>>, seconds: number, span?: Span): void;
};

// Seconds. Few, because each is a series for every combination of labels.
const durationBuckets = [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10];

const none = {};

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
): DurationHistogram {
  const configuration = configurationOf(registry, table, name);
  // By itself it would not go into a registry whose text has no place for exemplars; they are left out of that.
  const histogram = new Histogram({ ...configuration, buckets, enableExemplars: true, registers: [] });
  registry.registerMetric(histogram);
  return {
    observe(labels, value, span) {
      const exemplarLabels = span?.isSampled === true ? { trace_id: span.traceId } : none;
      if (exemplarLabels !== none) noteExemplars(registry);
      histogram.observe({ labels: { ...labels }, value, exemplarLabels });
    },
  };
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

/**
 * Makes a table's gauge of several things, which its one label tells apart.
 *
 * @param read gives the value of each whenever somebody looks; what is not in it any more is shown no longer
 */
export function gaugeOfEach<T extends PrometheusTable>(
  registry: Registry,
  table: T,
  name: keyof T & string,
  read: () => ReadonlyMap<string, number>,
): Gauge {
  const configuration = configurationOf(registry, table, name);
  const [label = ''] = configuration.labelNames;
  return new Gauge({
    ...configuration,
    collect() {
      this.reset();
      for (const [thing, value] of read()) this.set({ [label]: thing }, value);
    },
  });
}

function configurationOf<T extends PrometheusTable>(registry: Registry, table: T, name: keyof T & string) {
  const { help, labels } = table[name] ?? { help: '', labels: [] };
  return { name, help, labelNames: [...labels], registers: [registry] };
}

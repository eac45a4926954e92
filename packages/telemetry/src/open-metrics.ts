import { Registry } from 'prom-client';
import type { Metric, OpenMetricsContentType } from 'prom-client';

const withExemplars = new WeakSet<Registry>();

/** There are numbers in it that lead to a trace from now on. */
export function noteExemplars(registry: Registry): void {
  withExemplars.add(registry);
}

/**
 * What there is to read of a registry: as OpenMetrics for who wants that, once there is something that only OpenMetrics can
 * say, and as text for everybody else.
 *
 * @param accept the header of who reads
 */
export async function exposition(
  registry: Registry,
  accept = '',
): Promise<{ readonly contentType: string; readonly text: string }> {
  const asked =
    withExemplars.has(registry) && prefersOpenMetrics(accept) ? inOpenMetrics(registry) : registry;
  return { contentType: asked.contentType, text: await asked.metrics() };
}

// RFC 9110, section 12.5.1.
function prefersOpenMetrics(accept: string): boolean {
  const weights = new Map<string, number>();
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice('q='.length) ?? '1';
    weights.set(type, Math.max(weights.get(type) ?? 0, Number(weight)));
  }
  const wanted = weights.get('application/openmetrics-text') ?? 0;
  return wanted > 0 && wanted >= (weights.get('text/plain') ?? 0);
}

// prom-client takes `_total` off the names of counters for this form, for good. So it gets others, which read what ours hold.
function inOpenMetrics(registry: Registry): Registry<OpenMetricsContentType> {
  const view = new Registry<OpenMetricsContentType>();
  view.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray()) {
    const other: Metric = Object.create(metric);
    view.registerMetric(other);
  }
  return view;
}

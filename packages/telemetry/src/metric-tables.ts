import type { StatsdKind } from './statsd-line.ts';

/** A metric under the name that BuzzFeed SSO gave it: sent, or why there is nothing to send. */
export type StatsdMetric =
  | {
      readonly kind: StatsdKind;
      readonly tags: readonly string[];
      readonly meaning: string;
    }
  | { readonly absent: string };

/** All of a service's names, without the namespace. */
export type StatsdTable = Readonly<Record<string, StatsdMetric>>;

/** Those names of a table that are sent. */
export type SentNames<T extends StatsdTable> = {
  [Name in keyof T & string]: T[Name] extends { kind: StatsdKind } ? Name : never;
}[keyof T & string];

/** A metric for Prometheus. */
export type PrometheusMetric = {
  readonly kind: 'histogram' | 'counter' | 'gauge';
  readonly labels: readonly string[];
  readonly help: string;
  /** what StatsD calls the same moment */
  readonly statsd?: string;
};

/** What both services count of their traces. */
export const spansLost = {
  kind: 'counter',
  labels: [],
  help: 'Spans of traces that nobody will see: the collector was away or refused them, or there were more than it took.',
} as const satisfies PrometheusMetric;

/** A service's metrics for Prometheus, by their full names. */
export type PrometheusTable = Readonly<Record<string, PrometheusMetric>>;

/** Everything that one service tells about its work. */
export type ServiceMetrics = {
  readonly service: string;
  readonly namespace: string;
  readonly statsd: StatsdTable;
  readonly prometheus: PrometheusTable;
};

const introduction = `<!-- generated: do not edit; run npx --yes pnpm@12.21.0 run docs -->

# Dashboards

Both services report in three ways: log lines, StatsD and Prometheus. All three are made from the same events.

**StatsD** is for dashboards that were made for BuzzFeed SSO: same names, same tags, DogStatsD over UDP. It is sent when
\`METRICS_STATSD_HOST\` is set, and only then (BuzzFeed SSO sent to \`localhost\` where it was not). Nothing waits for it: an
agent that is away loses metrics and nothing else, and a host that cannot be looked up is one warning in the log and is
looked up again every minute. \`LOGGING_ENABLE=false\` switches request lines off and leaves all metrics on; BuzzFeed SSO
switched \`request.duration\` off with it.

**Prometheus** reads \`/metrics\` on \`ADMIN_PORT\`, a port of its own that must stay inside. Process metrics (\`process_…\`,
\`nodejs_…\`) are there, too. With traces on (\`OTEL_EXPORTER_OTLP_ENDPOINT\`), who asks for OpenMetrics gets exemplars: the
trace of the last request in each bucket.

No metric holds a user, a path, a query or anything else that a caller wrote. A method outside the usual ones is \`other\`.
\`proxy_host\` is a host of the upstream file, the route's name for a route that is a pattern, \`_unknown\` where no route
matched, and \`_healthcheck\` for \`/ping\`. At auth it is the host of a signed return address, or \`unknown\`.
`;

/** The reference of all metrics, in Markdown, as it stands in \`docs/dashboards.md\`. */
export function renderMetricsReference(services: readonly ServiceMetrics[]): string {
  return [introduction, ...services.map(renderService)].join('\n');
}

function renderService({ service, namespace, statsd, prometheus }: ServiceMetrics): string {
  const sent: string[] = [];
  const absent: string[] = [];
  for (const [name, metric] of Object.entries(statsd)) {
    if ('absent' in metric) absent.push(`| \`${name}\` | ${metric.absent} |`);
    else sent.push(`| \`${name}\` | ${metric.kind} | ${codes(metric.tags)} | ${metric.meaning} |`);
  }
  const read = Object.entries(prometheus).map(
    ([name, { kind, labels, help, statsd: same }]) =>
      `| \`${name}\` | ${kind} | ${codes(labels)} | ${help} | ${same === undefined ? '' : `\`${same}\``} |`,
  );
  return [
    `## ${service}: StatsD`,
    '',
    `Names begin with \`${namespace}\`; every one has the tag \`${constantTagOf(namespace)}\`.`,
    '',
    '| name | kind | tags | what it counts |',
    '| --- | --- | --- | --- |',
    ...sent,
    '',
    'Names of BuzzFeed SSO that are not sent, because they have no meaning here:',
    '',
    '| name | why |',
    '| --- | --- |',
    ...absent,
    '',
    `## ${service}: Prometheus`,
    '',
    '| name | kind | labels | what it counts | StatsD |',
    '| --- | --- | --- | --- | --- |',
    ...read,
    '',
  ].join('\n');
}

/** The tag that tells a service's metrics from the other's: `service:sso_proxy` for the namespace `sso_proxy.` */
export function constantTagOf(namespace: string): string {
  return `service:${namespace.slice(0, -1)}`;
}

function codes(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

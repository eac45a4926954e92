import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { metricNamespace } from './metric-namespace.ts';

/**
 * The lines that somebody has to act on, by their `alarm`, and the CloudWatch alarm that rings for each: one that watches a
 * metric (of either service, where the name goes on with it), or `Lines`, which watches the lines themselves.
 */
export const rungFor = {
  grace: 'Grace',
  mismatch: 'Mismatch',
  'upstream file': 'UpstreamFile',
  'upstream source': 'UpstreamFile',
  'audit log': 'AuditLogOf',
  'last good': 'Lines',
  'live copy': 'Lines',
  'TLS files': 'Lines',
  'client certificates': 'Lines',
  'no limits': 'Lines',
} as const satisfies Readonly<Record<string, string>>;

const metricName = 'alarm_lines';
/** A defect of ours, whatever it led to. */
const defect = FilterPattern.stringValue('$.error', '=', 'internal_error');

/** Counts the lines of a service, our own or beside an application, for which nothing else rings. */
export function countAlarmLines(logGroup: ILogGroup, environment: string): void {
  const marks = Object.entries(rungFor).filter(([, alarm]) => alarm === 'Lines');
  new MetricFilter(logGroup, 'AlarmLines', {
    logGroup,
    filterPattern: FilterPattern.any(
      ...marks.map(([mark]) => FilterPattern.stringValue('$.alarm', '=', mark)),
      defect,
    ),
    metricNamespace: metricNamespace(environment),
    metricName,
  });
}

/** Such lines of all services together. */
export function alarmLines(environment: string): Metric {
  return new Metric({
    namespace: metricNamespace(environment),
    metricName,
    statistic: 'Sum',
    period: Duration.minutes(5),
  });
}

import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { metricsPort } from './container.ts';
import { logTo } from './logs.ts';
import { metricNamespace } from './metric-namespace.ts';

// One version, for amd64 and arm64.
const agentImage = 'public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1.300062.0b1304';

/**
 * What goes to CloudWatch of all that docs/dashboards.md lists, with the labels that it is distinguished by. CloudWatch asks
 * money for each combination of those, so it is what alarms and the dashboard read. Its agent takes no histograms.
 */
export const metricLabels = {
  proxy: {
    latchkey_audit_lines_lost: [],
    latchkey_audit_log_up: [],
    latchkey_auth_mismatch: [],
    latchkey_connector_connections: ['connector'],
    latchkey_denials_total: ['reason'],
    latchkey_errors_total: ['error'],
    latchkey_people_active: [],
    latchkey_session_grace_in_use: [],
    latchkey_session_grace_total: [],
    latchkey_spans_lost_total: [],
    latchkey_upstream_file_valid: [],
    latchkey_upstream_reloads_total: ['outcome'],
    latchkey_websockets_open: [],
  },
  auth: {
    latchkey_audit_lines_lost: [],
    latchkey_audit_log_up: [],
    latchkey_directory_pauses_total: [],
    latchkey_groups_unanswered_total: [],
    latchkey_sign_ins_total: ['outcome'],
    latchkey_spans_lost_total: [],
    latchkey_store_up: [],
  },
} as const;

/** Which of the two services. */
export type ServiceName = keyof typeof metricLabels;

type MetricName = { [Service in ServiceName]: keyof (typeof metricLabels)[Service] }[ServiceName];

/** A metric of all tasks of a service together. */
export function metricOf(
  environment: string,
  service: ServiceName,
  metricName: MetricName,
  statistic: 'Sum' | 'Maximum' | 'Minimum',
  labels: Readonly<Record<string, string>> = {},
): Metric {
  return new Metric({
    namespace: metricNamespace(environment),
    metricName,
    statistic,
    dimensionsMap: { job: service, ...labels },
    period: Duration.minutes(1),
  });
}

/** Adds the CloudWatch agent to a task: it reads `/metrics` once a minute and writes what is above as metrics. */
export function addMetricsAgent(
  task: FargateTaskDefinition,
  { environment, service, logGroup }: { environment: string; service: ServiceName; logGroup: ILogGroup },
): void {
  task.addContainer('metrics', {
    image: ContainerImage.fromRegistry(agentImage),
    // A task goes on without its metrics.
    essential: false,
    environment: {
      CW_CONFIG_CONTENT: JSON.stringify(agentConfig(environment, service, logGroup.logGroupName)),
      // JSON is YAML, too.
      PROMETHEUS_CONFIG_CONTENT: JSON.stringify(scrapeConfig(service)),
    },
    memoryReservationMiB: 64,
    logging: logTo(logGroup),
  });
  // It writes metrics as lines of this group, and CloudWatch reads them there.
  logGroup.grantWrite(task.taskRole);
}

function agentConfig(environment: string, service: ServiceName, logGroupName: string) {
  const declarations = Object.entries<readonly string[]>(metricLabels[service]).map(([name, labels]) => ({
    source_labels: ['job'],
    label_matcher: `^${service}$`,
    dimensions: [['job', ...labels]],
    metric_selectors: [`^${name}$`],
  }));
  return {
    agent: { metrics_collection_interval: 60 },
    logs: {
      metrics_collected: {
        prometheus: {
          log_group_name: logGroupName,
          prometheus_config_path: 'env:PROMETHEUS_CONFIG_CONTENT',
          emf_processor: { metric_namespace: metricNamespace(environment), metric_declaration: declarations },
        },
      },
    },
  };
}

function scrapeConfig(service: ServiceName) {
  return {
    global: { scrape_interval: '1m', scrape_timeout: '10s' },
    scrape_configs: [{ job_name: service, static_configs: [{ targets: [`127.0.0.1:${metricsPort}`] }] }],
  };
}

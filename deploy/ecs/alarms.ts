import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { HttpCodeElb, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Installation } from './installation.ts';
import { alarmLines } from './log-alarms.ts';
import { metricOf } from './metrics.ts';
import { isGiven, routeTableOf } from './service-variables.ts';

/** When somebody has to look, and what at. */
type Watch = {
  readonly metric: IMetric;
  readonly is: 'at least' | 'below';
  readonly threshold: number;
  /** How many minutes in a row, or the period of the metric where that is longer. */
  readonly times: number;
  readonly says: string;
  /** What no value means. */
  readonly silence?: 'fine' | 'alarm';
};

const services = ['auth', 'proxy'] as const;
const fiveMinutes = Duration.minutes(5);

/** Alarms of all that docs/operating.md says to alarm on, sent to one topic. */
export function addAlarms(scope: Construct, latchkey: Installation): void {
  const { alarms, name } = latchkey.parts.environment;
  const topic = new Topic(scope, 'Alarms', { enforceSSL: true, displayName: `Latchkey ${name}` });
  if (alarms.email !== undefined) topic.addSubscription(new EmailSubscription(alarms.email));
  const action = new SnsAction(topic);
  const watches = {
    ...ofBalancer(latchkey),
    ...ofProxy(name),
    ...ofAuth(latchkey),
    ...ofAuditLogs(latchkey),
    ...ofTraces(latchkey),
    ...ofConnectors(latchkey),
    Lines: ofLines(name),
    ...ofCertificates(latchkey),
  };
  for (const [id, watch] of Object.entries(watches)) {
    const alarm = new Alarm(scope, `Alarm${id}`, {
      metric: watch.metric,
      threshold: watch.threshold,
      comparisonOperator:
        watch.is === 'below'
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: watch.times,
      treatMissingData:
        watch.silence === 'alarm' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      alarmDescription: watch.says,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}

function ofBalancer({ auth, proxy, parts }: Installation): Record<string, Watch> {
  return {
    BalancerErrors: {
      metric: parts.balancer.alb.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { period: fiveMinutes }),
      is: 'at least',
      threshold: 10,
      times: 1,
      says: 'The load balancer answers 5xx by itself: no task took the connection, or one closed it.',
    },
    ProxyErrors: {
      metric: shareOf5xx(proxy.group),
      is: 'at least',
      threshold: 5,
      times: 2,
      says: 'More than 5 % of answers of the proxy and of the applications behind it are 5xx: latchkey_errors_total says whose.',
    },
    AuthErrors: {
      metric: shareOf5xx(auth.group),
      is: 'at least',
      threshold: 5,
      times: 2,
      says: 'More than 5 % of answers of auth are 5xx: people cannot sign in. Its log lines with the status say why.',
    },
    ProxyTasks: healthyTasks(proxy.group, 'proxy', 'no application can be reached.'),
    AuthTasks: healthyTasks(
      auth.group,
      'auth',
      'nobody can sign in, and sessions go on by their grace period.',
    ),
  };
}

function ofProxy(name: string): Record<string, Watch> {
  const errors = metricOf(name, 'proxy', 'latchkey_errors_total', 'Sum', { error: 'session_unverified' });
  const unverified = errors.with({ period: fiveMinutes });
  const graced = metricOf(name, 'proxy', 'latchkey_session_grace_total', 'Sum').with({ period: fiveMinutes });
  return {
    Introspection: {
      metric: new MathExpression({
        expression: 'FILL(graced, 0) + FILL(unverified, 0)',
        usingMetrics: { graced, unverified },
        period: fiveMinutes,
        label: 'requests about whose session auth could not be asked',
      }),
      is: 'at least',
      threshold: 10,
      times: 1,
      says: 'Auth could not be asked about sessions: requests go on by their grace period, or get 503.',
    },
    Grace: {
      metric: metricOf(name, 'proxy', 'latchkey_session_grace_in_use', 'Maximum'),
      is: 'at least',
      threshold: 1,
      times: 3,
      says: 'Sessions use their grace period: who signs out or leaves a group keeps access. The line with alarm "grace" says why.',
    },
    Mismatch: {
      metric: metricOf(name, 'proxy', 'latchkey_auth_mismatch', 'Maximum'),
      is: 'at least',
      threshold: 1,
      times: 2,
      says: 'The two services are configured differently. The line with alarm "mismatch" says what to write.',
    },
    UpstreamFile: {
      metric: metricOf(name, 'proxy', 'latchkey_upstream_file_valid', 'Minimum'),
      is: 'below',
      threshold: 1,
      times: 1,
      says: 'The newest upstream file is not in force: it has errors, loses too many routes, or cannot be read. The log names the version and what is wrong.',
    },
    Reload: {
      metric: metricOf(name, 'proxy', 'latchkey_upstream_reloads_total', 'Sum', { outcome: 'failure' }),
      is: 'at least',
      threshold: 1,
      times: 1,
      says: 'The upstream file was read again and refused, or could not be read. The log has a line for each mistake.',
    },
  };
}

function ofAuth({ parts }: Installation): Record<string, Watch> {
  const { name, store, auth } = parts.environment;
  return {
    Directory: {
      metric: metricOf(name, 'auth', 'latchkey_groups_unanswered_total', 'Sum').with({ period: fiveMinutes }),
      is: 'at least',
      threshold: 1,
      times: 1,
      says: 'The directory gave no usable answer about a group, such as 403 where its rights were withdrawn. The log of auth names it.',
    },
    DirectoryPauses: {
      metric: metricOf(name, 'auth', 'latchkey_directory_pauses_total', 'Sum').with({ period: fiveMinutes }),
      is: 'at least',
      threshold: 1,
      times: 3,
      says: 'The directory fails or asks to be left alone: groups are as old as the last answer.',
    },
    ...((store || isGiven(auth, 'REDIS_URL')) && {
      Store: {
        metric: metricOf(name, 'auth', 'latchkey_store_up', 'Minimum'),
        is: 'below' as const,
        threshold: 1,
        times: 2,
        says: 'Auth cannot ask its store: nobody can sign in, and sessions go on by their grace period.',
      },
    }),
  };
}

/** Where an environment has an audit log; both metrics say that all is well where there is none. */
function ofAuditLogs({ parts }: Installation): Record<string, Watch> {
  const { environment } = parts;
  const watches = services
    .filter((service) => isGiven(environment[service], 'AUDIT_LOG'))
    .flatMap((service): [string, Watch][] => [
      [
        `AuditLogOf${service}`,
        {
          metric: metricOf(environment.name, service, 'latchkey_audit_log_up', 'Minimum'),
          is: 'below',
          threshold: 1,
          times: 1,
          says: `The audit log of ${service} cannot be written: lines are being lost, or people refused, as AUDIT_LOG_ON_FAILURE says.`,
        },
      ],
      [
        `AuditLinesOf${service}`,
        {
          metric: metricOf(environment.name, service, 'latchkey_audit_lines_lost', 'Maximum'),
          is: 'at least',
          threshold: 1,
          times: 1,
          says: `Lines of the audit log of ${service} were lost since a task of it started. The first line after that says how many; latchkey audit verify finds the place.`,
        },
      ],
    ]);
  return Object.fromEntries(watches);
}

/** Where an environment has traces. */
function ofTraces({ parts }: Installation): Record<string, Watch> {
  const { environment } = parts;
  const watches = services
    .filter((service) => isGiven(environment[service], 'OTEL_EXPORTER_OTLP_ENDPOINT'))
    .map((service): [string, Watch] => [
      `SpansOf${service}`,
      {
        metric: metricOf(environment.name, service, 'latchkey_spans_lost_total', 'Sum').with({
          period: fiveMinutes,
        }),
        is: 'at least',
        threshold: 1,
        times: 3,
        says: `Traces of ${service} are being lost: the collector takes none, or not as many. The log line with OTEL_EXPORTER_OTLP_ENDPOINT says why.`,
      },
    ]);
  return Object.fromEntries(watches);
}

/** Of each that the upstream file names at the deployment. */
function ofConnectors({ parts }: Installation): Record<string, Watch> {
  const names = [...(routeTableOf(parts)?.root.connectors.keys() ?? [])];
  const watches = names.map((connector): [string, Watch] => [
    `Connector-${connector}`,
    {
      metric: metricOf(parts.environment.name, 'proxy', 'latchkey_connector_connections', 'Maximum', {
        connector,
      }),
      is: 'below',
      threshold: 1,
      times: 2,
      says: `No connector ${connector} is connected to the proxy: its applications answer 503. Its log says why.`,
    },
  ]);
  return Object.fromEntries(watches);
}

/** What only the log tells. */
function ofLines(name: string): Watch {
  return {
    metric: alarmLines(name),
    is: 'at least',
    threshold: 1,
    times: 1,
    says: 'A line of the log wants somebody: {($.alarm = "*") || ($.error = "internal_error")} finds it in Logs, and docs/operating.md says what to do about it.',
  };
}

function ofCertificates({ parts }: Installation): Record<string, Watch> {
  const watches = parts.balancer.certificates.map((certificate, at): [string, Watch] => [
    `Certificate${at === 0 ? '' : at}`,
    {
      metric: certificate.metricDaysToExpiry(),
      is: 'below',
      threshold: 30,
      times: 1,
      says: 'A certificate ends within 30 days. ACM renews its own 60 days before, while their records are in DNS; import others anew.',
    },
  ]);
  return Object.fromEntries(watches);
}

function healthyTasks(group: ApplicationTargetGroup, service: string, so: string): Watch {
  return {
    metric: group.metrics.healthyHostCount({ statistic: 'Maximum', period: Duration.minutes(1) }),
    is: 'below',
    threshold: 1,
    times: 2,
    says: `No healthy task of ${service}: ${so}`,
    silence: 'alarm',
  };
}

/** Percent, and none where there are too few requests to tell. */
function shareOf5xx(group: ApplicationTargetGroup): MathExpression {
  return new MathExpression({
    expression: 'IF(requests > 50, 100 * FILL(errors, 0) / requests, 0)',
    usingMetrics: {
      errors: group.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT),
      requests: group.metrics.requestCount(),
    },
    period: fiveMinutes,
    label: 'answers with 5xx, %',
  });
}

import {
  Dashboard,
  GraphWidget,
  MathExpression,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { HttpCodeElb, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { Installation } from './installation.ts';
import { alarmLines } from './log-alarms.ts';
import { metricNamespace } from './metric-namespace.ts';
import { metricOf } from './metrics.ts';
import type { ServiceName } from './metrics.ts';

const third = 8;
const services = ['proxy', 'auth'] as const;

/** One page that answers: do people get in, do applications answer, and is there room? */
export function addDashboard(scope: Construct, { auth, proxy, parts }: Installation): void {
  const { name } = parts.environment;
  const { alb } = parts.balancer;
  const answers = (of: typeof auth | typeof proxy) =>
    [HttpCodeTarget.TARGET_2XX_COUNT, HttpCodeTarget.TARGET_4XX_COUNT, HttpCodeTarget.TARGET_5XX_COUNT].map(
      (code) => of.group.metrics.httpCodeTarget(code),
    );
  const rows: IWidget[][] = [
    [
      new TextWidget({
        width: 24,
        height: 2,
        markdown: `# Latchkey ${name}\nWhat each number means: docs/dashboards.md. What to do about an alarm: docs/operating.md.`,
      }),
    ],
    [
      new SingleValueWidget({
        width: 24,
        title: 'Now',
        metrics: [
          metricOf(name, 'proxy', 'latchkey_people_active', 'Maximum'),
          metricOf(name, 'proxy', 'latchkey_websockets_open', 'Sum'),
          metricOf(name, 'proxy', 'latchkey_session_grace_in_use', 'Maximum'),
          metricOf(name, 'proxy', 'latchkey_auth_mismatch', 'Maximum'),
          metricOf(name, 'proxy', 'latchkey_upstream_file_valid', 'Minimum'),
          metricOf(name, 'auth', 'latchkey_store_up', 'Minimum'),
        ],
      }),
    ],
    [
      graph('Sign-ins, by how they ended', [byLabel(name, 'auth', 'latchkey_sign_ins_total', 'outcome')]),
      graph('Refused people, by reason', [byLabel(name, 'proxy', 'latchkey_denials_total', 'reason')]),
      graph('Errors of the proxy', [byLabel(name, 'proxy', 'latchkey_errors_total', 'error')]),
    ],
    [
      graph('Answers of the proxy', answers(proxy)),
      graph('Answers of auth', answers(auth)),
      graph('5xx of the load balancer', [alb.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT)]),
    ],
    [
      graph(
        'How long answers take',
        [proxy, auth].flatMap(({ group }) => [
          group.metrics.targetResponseTime({ statistic: 'p50' }),
          group.metrics.targetResponseTime({ statistic: 'p99' }),
        ]),
      ),
      graph(
        'Healthy tasks',
        [proxy, auth].map(({ group }) => group.metrics.healthyHostCount()),
      ),
      graph(
        'CPU and memory, %',
        [proxy, auth].flatMap(({ service }) => [
          service.fargate.metricCpuUtilization(),
          service.fargate.metricMemoryUtilization(),
        ]),
      ),
    ],
    [
      graph('Requests that went on by grace', [
        metricOf(name, 'proxy', 'latchkey_session_grace_total', 'Sum'),
      ]),
      graph('Directory', [
        metricOf(name, 'auth', 'latchkey_groups_unanswered_total', 'Sum'),
        metricOf(name, 'auth', 'latchkey_directory_pauses_total', 'Sum'),
      ]),
      graph('Upstream file read again', [
        byLabel(name, 'proxy', 'latchkey_upstream_reloads_total', 'outcome'),
      ]),
    ],
    [
      graph(
        'Audit lines lost since a task started',
        services.map((service) => metricOf(name, service, 'latchkey_audit_lines_lost', 'Maximum')),
      ),
      graph(
        'Traces lost',
        services.map((service) => metricOf(name, service, 'latchkey_spans_lost_total', 'Sum')),
      ),
      graph('Lines of the log that want somebody', [alarmLines(name)]),
    ],
  ];
  new Dashboard(scope, 'Dashboard', { dashboardName: `latchkey-${name}`, widgets: rows });
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: third });
}

/** A line for each value of a label, those that come up later, too. */
function byLabel(environment: string, job: ServiceName, metric: string, label: string): MathExpression {
  const schema = `${metricNamespace(environment)},job,${label}`;
  return new MathExpression({
    expression: `SEARCH('{${schema}} MetricName="${metric}" job="${job}"', 'Sum')`,
    label: '',
    usingMetrics: {},
  });
}

import { Duration, Validations } from 'aws-cdk-lib';
import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Connections, IConnectable, IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import type { CloudMapOptions, ContainerDefinition, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { addService, publicPort } from './container.ts';
import type { ContainerOptions } from './container.ts';
import type { Environment, TasksOfService } from './environment.ts';
import { logGroupOf } from './logs.ts';
import { addMetricsAgent } from './metrics.ts';
import type { ServiceName } from './metrics.ts';
import { replacedWithoutLoss } from './replacing.ts';

// Half of a task is left for what comes before the next one runs.
const cpuPercent = 50;
const requestsPerTaskAndMinute = 6_000;

/** One of the two services, as tasks. */
export type ServiceOptions = {
  readonly environment: Environment;
  readonly service: ServiceName;
  readonly cluster: ICluster;
  readonly vpc: IVpc;
  readonly tasks: TasksOfService['tasks'];
  readonly container: Omit<ContainerOptions, 'logGroup'>;
  readonly group: ApplicationTargetGroup;
  readonly cloudMapOptions?: CloudMapOptions;
};

/** A Fargate service behind the load balancer: its tasks, who reaches them, and how many there are. */
export class Service extends Construct implements IConnectable {
  readonly connections: Connections;
  readonly fargate: FargateService;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, options: ServiceOptions) {
    super(scope, id);
    const { environment, service, cluster, vpc, tasks, container, group, cloudMapOptions } = options;
    this.logGroup = logGroupOf(this, environment);
    const task = taskDefinition(this, 'Task', tasks);
    addService(task, { ...container, logGroup: this.logGroup });
    addMetricsAgent(task, { environment: environment.name, service, logGroup: this.logGroup });

    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: `The tasks of ${service}`,
      allowAllOutbound: false,
    });
    securityGroup.addEgressRule(
      Peer.anyIpv4(),
      Port.tcp(443),
      'AWS, the provider, and what is reached over HTTPS',
    );
    this.connections = securityGroup.connections;
    this.fargate = new FargateService(this, 'Service', {
      ...replacedWithoutLoss,
      cluster,
      taskDefinition: task,
      ...countOf(tasks),
      securityGroups: [securityGroup],
      ...(cloudMapOptions && { cloudMapOptions }),
      healthCheckGracePeriod: Duration.seconds(60),
    });
    group.addTarget(
      this.fargate.loadBalancerTarget({ containerName: nameOf(task), containerPort: publicPort }),
    );
    scale(this.fargate, tasks, group);
  }
}

/** How many tasks a service has. Two or more are in different zones. */
export type TaskCount = Pick<TasksOfService['tasks'], 'min' | 'max'>;

/** For an application that keeps something in its task. */
export const oneTask: TaskCount = { min: 1, max: 1 };

/** The number that a service is given, and none where scaling decides: a deployment would take it back to that. */
export function countOf({ min, max }: TaskCount): { desiredCount?: number } {
  return min === max ? { desiredCount: min } : {};
}

/** Makes a service as large as its load is: by CPU, and by requests where it stands behind the load balancer. */
export function scale(
  fargate: FargateService,
  { min, max }: TaskCount,
  group?: ApplicationTargetGroup,
): void {
  if (min === max) return;
  const scaling = fargate.autoScaleTaskCount({ minCapacity: min, maxCapacity: max });
  scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: cpuPercent });
  if (group === undefined) return;
  scaling.scaleOnRequestCount('Requests', {
    requestsPerTarget: requestsPerTaskAndMinute,
    targetGroup: group,
  });
}

/** An empty task, whose role may do nothing unless it is given one. */
export function taskDefinition(
  scope: Construct,
  id: string,
  { cpu, memory, taskRole }: Pick<TasksOfService['tasks'], 'cpu' | 'memory'> & { readonly taskRole?: IRole },
  cpuArchitecture = CpuArchitecture.ARM64,
): FargateTaskDefinition {
  const task = new FargateTaskDefinition(scope, id, {
    cpu,
    memoryLimitMiB: memory,
    taskRole,
    runtimePlatform: { cpuArchitecture, operatingSystemFamily: OperatingSystemFamily.LINUX },
  });
  Validations.of(task.obtainExecutionRole()).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'ecr:GetAuthorizationToken takes no resource. What it gives is good for nothing without the right to pull.',
  });
  return task;
}

function nameOf(task: FargateTaskDefinition): string {
  const container: ContainerDefinition | undefined = task.defaultContainer;
  if (container === undefined) throw new Error('a task without a container');
  return container.containerName;
}

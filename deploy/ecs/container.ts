import { Duration, Validations } from 'aws-cdk-lib';
import { Capability, LinuxParameters } from 'aws-cdk-lib/aws-ecs';
import type {
  ContainerDefinition,
  ContainerImage,
  FargateTaskDefinition,
  HealthCheck,
} from 'aws-cdk-lib/aws-ecs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Ending } from './lifetimes.ts';
import { stopTimeout } from './lifetimes.ts';
import { logTo } from './logs.ts';
import type { TaskSecrets } from './secrets.ts';

/** Where the load balancer reaches either service. */
export const publicPort = 4180;
/** Where the proxy reaches auth. */
export const internalPort = 4181;
/** Where tasks of the proxy reach the connectors of each other. */
export const siblingPort = 4182;
/** Where the health check of a connector asks, in its own container. */
export const connectorHealthPort = 4189;
/** Where what is in the same task reads `/metrics`. No security group lets anybody else in. */
export const metricsPort = 9464;

const soon = { interval: Duration.seconds(10), retries: 3, startPeriod: Duration.seconds(10) };

/** One of our programs, in a task. */
export type ContainerOptions = {
  readonly image: ContainerImage;
  readonly command: '/bin/sso-auth' | '/bin/sso-proxy' | '/bin/sso-connector';
  readonly ports: readonly number[];
  readonly variables: Record<string, string>;
  readonly secrets: TaskSecrets;
  readonly ending: Ending;
  /** When it counts as broken; after half a minute, unless it is said. */
  readonly health?: Pick<HealthCheck, 'interval' | 'retries' | 'startPeriod'>;
  readonly logGroup: ILogGroup;
};

/** Adds a program of ours to a task: its own task, or that of an application that it stands beside. */
export function addService(
  task: FargateTaskDefinition,
  { image, command, ports, variables, secrets, ending, health = soon, logGroup }: ContainerOptions,
): ContainerDefinition {
  const linuxParameters = new LinuxParameters(task, 'Linux', { initProcessEnabled: false });
  linuxParameters.dropCapabilities(Capability.ALL);
  acknowledgeVariables(task);
  return task.addContainer(command.slice('/bin/sso-'.length), {
    image,
    command: [command],
    essential: true,
    portMappings: ports.map((containerPort) => ({ containerPort })),
    environment: variables,
    secrets,
    stopTimeout: stopTimeout(ending),
    readonlyRootFilesystem: true,
    linuxParameters,
    logging: logTo(logGroup),
    // ECS does not read the HEALTHCHECK of an image.
    healthCheck: {
      command: ['CMD', '/bin/healthcheck'],
      timeout: Duration.seconds(5),
      ...health,
    },
  });
}

/** Says why a task has variables. */
export function acknowledgeVariables(task: FargateTaskDefinition): void {
  Validations.of(task).acknowledge(
    {
      id: 'AwsSolutions-ECS2',
      reason:
        'Variables hold nothing secret, so that cdk diff shows a change of them. Secrets come from Secrets Manager.',
    },
    {
      id: 'CloudFormation-Validate::E1029',
      reason:
        'A ${name} in the upstream file is for the proxy, and reaches it as it stands: it is in no Fn::Sub.',
    },
  );
}

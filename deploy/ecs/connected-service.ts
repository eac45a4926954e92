import { Duration } from 'aws-cdk-lib';
import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2';
import { ContainerDependencyCondition, FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ContainerDefinitionOptions, FargateTaskDefinition, ICluster } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { variablesOfConnector } from './connector-variables.ts';
import type { ConnectorOptions } from './connector-variables.ts';
import { addService } from './container.ts';
import type { TasksOfService } from './environment.ts';
import type { Installation } from './installation.ts';
import { connectorEnding } from './lifetimes.ts';
import { logGroupOf } from './logs.ts';
import { replacedWithoutLoss } from './replacing.ts';
import { namedSecrets } from './secrets.ts';
import { countOf, oneTask, scale, taskDefinition } from './service.ts';
import type { TaskCount } from './service.ts';

// The application is replaced with its connector: not because the proxy is away for a moment.
const patient = { interval: Duration.seconds(30), retries: 10, startPeriod: Duration.seconds(60) };

/** An application with a connector in its task. */
export type ConnectedServiceOptions = {
  readonly latchkey: Installation;
  /** Where it runs, if not beside Latchkey: in the network of that cluster, to which the proxy needs no way. */
  readonly cluster?: ICluster;
  readonly connector: ConnectorOptions;
  readonly size: Pick<TasksOfService['tasks'], 'cpu' | 'memory'>;
  /** One, unless it is said: what an application keeps in its task, two would each have half of. */
  readonly tasks?: TaskCount;
  /** It should listen on 127.0.0.1 alone: nobody but the connector has to reach it. */
  readonly application: ContainerDefinitionOptions;
};

/** Runs an application that nothing can connect to: a connector beside it dials out to the proxy, and requests come on that connection. */
export class ConnectedService extends Construct implements IConnectable {
  /** To let it reach what it needs besides HTTPS: `connections.allowTo(database, Port.tcp(5432))`. */
  readonly connections: Connections;
  /** For what it may do at AWS, and for further containers. */
  readonly task: FargateTaskDefinition;

  constructor(scope: Construct, id: string, options: ConnectedServiceOptions) {
    super(scope, id);
    const { latchkey, connector, size, tasks = oneTask, application } = options;
    const { environment, image, balancer } = latchkey.parts;
    const { cluster = latchkey.parts.cluster } = options;
    const { name, credential } = connector;
    this.task = taskDefinition(this, 'Task', {
      ...size,
      ...('roleName' in credential && { taskRole: roleOfTask(this, credential.roleName) }),
    });
    const container = addService(this.task, {
      image,
      command: '/bin/sso-connector',
      ports: [],
      variables: variablesOfConnector(latchkey.parts, connector),
      secrets:
        'tokenSecret' in credential ? namedSecrets(this, { CONNECTOR_TOKEN: credential.tokenSecret }) : {},
      ending: connectorEnding,
      health: patient,
      logGroup: logGroupOf(this, environment),
    });
    // Whether it takes connections the connector finds out. In the end the application outlives it.
    container.addContainerDependencies({
      container: this.task.addContainer('application', application),
      condition: ContainerDependencyCondition.START,
    });

    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: cluster.vpc,
      description: `${name}: reached by nobody, its connector dials out`,
      allowAllOutbound: false,
    });
    securityGroup.addEgressRule(
      Peer.anyIpv4(),
      Port.tcp(443),
      'the proxy and auth, its images, AWS, and what is reached over HTTPS',
    );
    this.connections = securityGroup.connections;
    const fargate = new FargateService(this, 'Service', {
      ...replacedWithoutLoss,
      cluster,
      taskDefinition: this.task,
      ...countOf(tasks),
      securityGroups: [securityGroup],
    });
    scale(fargate, tasks);
    // Otherwise the first deployment starts what cannot connect yet.
    fargate.node.addDependency(latchkey.proxy, balancer);
  }
}

/** Named, so that the upstream file can name it before there is one. It needs no permission to show who it is. */
function roleOfTask(scope: Construct, roleName: string): Role {
  return new Role(scope, 'TaskRole', {
    roleName,
    assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
  });
}

import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2';
import { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ContainerDefinitionOptions, ContainerDependencyCondition } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { addService, publicPort } from './container.ts';
import type { TasksOfService } from './environment.ts';
import type { Installation } from './installation.ts';
import { proxyEnding } from './lifetimes.ts';
import { logGroupOf } from './logs.ts';
import { addMetricsAgent } from './metrics.ts';
import { proxyContainer } from './proxy.ts';
import { countOf, oneTask, scale, taskDefinition } from './service.ts';
import type { TaskCount } from './service.ts';
import { variablesBeside } from './service-variables.ts';
import { replacedWithoutLoss } from './replacing.ts';

/** An application with a proxy of its own in its task. */
export type SidecarServiceOptions = {
  readonly latchkey: Installation;
  readonly host: string;
  /** Of the rule of the load balancer: between that of auth (10) and those of the proxy (from 1000 on). */
  readonly priority: number;
  readonly size: Pick<TasksOfService['tasks'], 'cpu' | 'memory'>;
  /** One, unless it is said: what an application keeps in its task, two would each have half of. */
  readonly tasks?: TaskCount;
  /** The upstream file of this proxy alone. */
  readonly upstreams: string;
  /** It has to listen on 127.0.0.1 alone, so that nobody gets past the proxy. */
  readonly application: ContainerDefinitionOptions;
  /** What the proxy waits for before it starts. */
  readonly waitFor: ContainerDependencyCondition;
};

/** Runs an application beside a proxy: the load balancer leads its host there, and the proxy asks the same auth as all others. */
export class SidecarService extends Construct implements IConnectable {
  readonly connections: Connections;

  constructor(scope: Construct, id: string, options: SidecarServiceOptions) {
    super(scope, id);
    const { latchkey, host, priority, size, tasks = oneTask, upstreams, application, waitFor } = options;
    const { environment, variables, cluster, network, balancer } = latchkey.parts;
    const logGroup = logGroupOf(this, environment);
    const task = taskDefinition(this, 'Task', size);
    const proxy = addService(task, {
      ...proxyContainer(
        this,
        latchkey.parts,
        variablesBeside(environment, variables, { host, upstreamText: upstreams }),
      ),
      logGroup,
    });
    proxy.addContainerDependencies({
      container: task.addContainer('application', application),
      condition: waitFor,
    });
    addMetricsAgent(task, { environment: environment.name, service: 'proxy', logGroup });

    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: `${host}: reached by the load balancer alone, at the port of its proxy`,
      allowAllOutbound: false,
    });
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS, and what is reached over HTTPS');
    this.connections = securityGroup.connections;
    latchkey.auth.answer(this);
    const service = new FargateService(this, 'Service', {
      ...replacedWithoutLoss,
      cluster,
      taskDefinition: task,
      ...countOf(tasks),
      securityGroups: [securityGroup],
    });
    const group = balancer.lead(id, { hosts: [host], priority, ending: proxyEnding });
    group.addTarget(
      service.loadBalancerTarget({ containerName: proxy.containerName, containerPort: publicPort }),
    );
    scale(service, tasks, group);
  }
}

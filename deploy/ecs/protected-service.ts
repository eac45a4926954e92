import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2';
import { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { DnsRecordType } from 'aws-cdk-lib/aws-servicediscovery';
import { Construct } from 'constructs';
import { nameCached } from './lifetimes.ts';
import type { Installation } from './installation.ts';
import { replacedWithoutLoss } from './replacing.ts';
import { countOf, oneTask, scale } from './service.ts';
import type { TaskCount } from './service.ts';

/** An application that has no sign-in of its own. */
export type ProtectedServiceOptions = {
  readonly latchkey: Installation;
  /** Its name in the network: `grafana` is found at `grafana.internal`. */
  readonly name: string;
  readonly port: number;
  readonly task: FargateTaskDefinition;
  /** One, unless it is said: what an application keeps in its task, two would each have half of. */
  readonly tasks?: TaskCount;
  /** Whether it may open connections to anywhere. If not: to HTTPS, and to what `connections` allows. */
  readonly allowAllOutbound?: boolean;
};

/**
 * Runs an internal application where `to: http://grafana.internal:3000` of the upstream file leads: registered under its
 * name, and reached by the proxy alone.
 */
export class ProtectedService extends Construct implements IConnectable {
  /** To let it reach what it needs besides HTTPS: `connections.allowTo(database, Port.tcp(5432))`. */
  readonly connections: Connections;

  constructor(
    scope: Construct,
    id: string,
    { latchkey, name, port, task, tasks = oneTask, allowAllOutbound = false }: ProtectedServiceOptions,
  ) {
    super(scope, id);
    const { cluster, namespace, network } = latchkey.parts;
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: `${name}: reached by the proxy alone`,
      allowAllOutbound,
    });
    if (!allowAllOutbound) {
      securityGroup.addEgressRule(
        Peer.anyIpv4(),
        Port.tcp(443),
        'its image, AWS, and what is reached over HTTPS',
      );
    }
    this.connections = securityGroup.connections;
    this.connections.allowFrom(
      latchkey.proxy.service,
      Port.tcp(port),
      'the proxy, which has asked who it is',
    );
    const fargate = new FargateService(this, 'Service', {
      ...replacedWithoutLoss,
      cluster,
      taskDefinition: task,
      ...countOf(tasks),
      securityGroups: [securityGroup],
      cloudMapOptions: {
        cloudMapNamespace: namespace,
        name,
        dnsRecordType: DnsRecordType.A,
        dnsTtl: nameCached,
      },
    });
    scale(fargate, tasks);
  }
}

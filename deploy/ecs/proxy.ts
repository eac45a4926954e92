import { Peer, Port } from 'aws-cdk-lib/aws-ec2';
import { Secret as TaskSecret } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { DnsRecordType } from 'aws-cdk-lib/aws-servicediscovery';
import { Construct } from 'constructs';
import { publicPort, siblingPort } from './container.ts';
import type { ContainerOptions } from './container.ts';
import { nameCached, proxyEnding } from './lifetimes.ts';
import type { Parts } from './parts.ts';
import { namedSecrets } from './secrets.ts';
import { Service } from './service.ts';
import { hasConnectors } from './service-variables.ts';
import { allowUpstreams } from './upstreams.ts';

// RFC 1918, and RFC 6598 as VPCs may have it.
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/** The service in front of the applications: every host but that of auth leads to it. */
export class Proxy extends Construct {
  readonly group: ApplicationTargetGroup;
  readonly service: Service;

  constructor(scope: Construct, id: string, parts: Parts) {
    super(scope, id);
    const { environment, cluster, network, namespace, balancer } = parts;
    const hosts = [`*.${environment.domain}`, ...environment.furtherHosts];
    this.group = balancer.lead('Proxy', { hosts, priority: 1000, ending: proxyEnding });
    this.service = new Service(this, 'Tasks', {
      environment,
      service: 'proxy',
      cluster,
      vpc: network.vpc,
      tasks: environment.proxy.tasks,
      container: {
        ...proxyContainer(this, parts, parts.variables.proxy),
        ports: hasConnectors(environment) ? [publicPort, siblingPort] : [publicPort],
      },
      group: this.group,
      ...(hasConnectors(environment) && {
        cloudMapOptions: {
          cloudMapNamespace: namespace,
          name: 'proxy',
          dnsRecordType: DnsRecordType.A,
          dnsTtl: nameCached,
        },
      }),
    });
    if (hasConnectors(environment)) {
      const why = 'tasks of the proxy reach the connectors of each other';
      this.service.connections.allowInternally(Port.tcp(siblingPort), why);
    }
    allowUpstreams(this.service.fargate.taskDefinition, environment);
    // Where they are the upstream file says, which changes without a deployment.
    for (const range of privateRanges) {
      this.service.connections.allowTo(
        Peer.ipv4(range),
        Port.allTcp(),
        'applications, whose own groups say whether it may',
      );
    }
  }
}

/** A proxy in a task of any service. */
export function proxyContainer(
  scope: Construct,
  { environment, image, shared }: Parts,
  variables: Readonly<Record<string, string>>,
): Omit<ContainerOptions, 'logGroup'> {
  return {
    image,
    command: '/bin/sso-proxy',
    ports: [publicPort],
    variables,
    secrets: {
      ...namedSecrets(scope, environment.proxy.secrets),
      SESSION_COOKIE_SECRET: TaskSecret.fromSecretsManager(shared.cookie),
      CLIENT_SECRET: TaskSecret.fromSecretsManager(shared.client),
    },
    ending: proxyEnding,
  };
}

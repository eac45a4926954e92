import { CfnOutput } from 'aws-cdk-lib';
import { Port } from 'aws-cdk-lib/aws-ec2';
import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import { Secret as TaskSecret } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { DnsRecordType } from 'aws-cdk-lib/aws-servicediscovery';
import { Construct } from 'constructs';
import { internalPort, publicPort } from './container.ts';
import { authEnding, nameCached } from './lifetimes.ts';
import type { Parts } from './parts.ts';
import { namedSecrets, randomSecret } from './secrets.ts';
import type { TaskSecrets } from './secrets.ts';
import { Service } from './service.ts';
import { Store } from './store.ts';

/** The service that signs people in: its host leads to it, and the proxy asks it by its name in the network. */
export class Auth extends Construct {
  readonly group: ApplicationTargetGroup;
  readonly service: Service;

  constructor(scope: Construct, id: string, parts: Parts) {
    super(scope, id);
    const { environment, variables, image, cluster, network, namespace, balancer } = parts;
    const store = environment.store ? new Store(this, 'Store', network.vpc) : undefined;
    this.group = balancer.lead('Auth', { hosts: [environment.authHost], priority: 10, ending: authEnding });
    this.service = new Service(this, 'Tasks', {
      environment,
      service: 'auth',
      cluster,
      vpc: network.vpc,
      tasks: environment.auth.tasks,
      container: {
        image,
        command: '/bin/sso-auth',
        ports: [publicPort, internalPort],
        variables: variables.auth,
        secrets: secretsOf(this, parts, store),
        ending: authEnding,
      },
      group: this.group,
      cloudMapOptions: {
        cloudMapNamespace: namespace,
        name: 'auth',
        dnsRecordType: DnsRecordType.A,
        dnsTtl: nameCached,
      },
    });
    store?.allowFrom(this.service);
    new CfnOutput(this, 'TaskRole', {
      value: this.service.fargate.taskDefinition.taskRole.roleName,
      description: 'Whom a workload identity of Google trusts (docs/providers.md)',
    });
  }

  /** Lets a proxy ask about sessions. Nobody else reaches this port. */
  answer(proxy: IConnectable): void {
    this.service.connections.allowFrom(proxy, Port.tcp(internalPort), 'the proxy asks about sessions');
  }
}

function secretsOf(scope: Construct, { environment, shared }: Parts, store: Store | undefined): TaskSecrets {
  const key = randomSecret(scope, 'SessionKey', 'Seals what only auth may read. SESSION_KEY of auth.');
  return {
    ...namedSecrets(scope, environment.auth.secrets),
    SESSION_KEY: TaskSecret.fromSecretsManager(key),
    SESSION_COOKIE_SECRET: TaskSecret.fromSecretsManager(shared.cookie),
    CLIENT_PROXY_SECRET: TaskSecret.fromSecretsManager(shared.client),
    ...(store && { REDIS_URL: TaskSecret.fromSecretsManager(store.address) }),
  };
}

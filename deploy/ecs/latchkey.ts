import { ContainerImage, Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { PrivateDnsNamespace } from 'aws-cdk-lib/aws-servicediscovery';
import { Construct } from 'constructs';
import { addAlarms } from './alarms.ts';
import { Auth } from './auth.ts';
import { Balancer } from './balancer.ts';
import { addDashboard } from './dashboard.ts';
import type { Environment } from './environment.ts';
import { protectBalancer } from './firewall.ts';
import type { Installation } from './installation.ts';
import { networkOf } from './network.ts';
import type { Parts } from './parts.ts';
import { Proxy } from './proxy.ts';
import { sharedSecrets } from './secrets.ts';
import { variablesOfServices } from './service-variables.ts';

/** One installation: two services behind one load balancer, and what watches over them. */
export class Latchkey extends Construct implements Installation {
  readonly parts: Parts;
  readonly auth: Auth;
  readonly proxy: Proxy;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const network = networkOf(this, environment);
    const { vpc } = network;
    const balancer = new Balancer(this, 'Balancer', environment, network);
    this.parts = {
      environment,
      variables: variablesOfServices(environment, network),
      image: imageOf(this, environment),
      cluster: new Cluster(this, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENABLED }),
      network,
      namespace: new PrivateDnsNamespace(this, 'Namespace', { vpc, name: environment.namespace }),
      balancer,
      shared: sharedSecrets(this),
    };
    this.auth = new Auth(this, 'Auth', this.parts);
    this.proxy = new Proxy(this, 'Proxy', this.parts);
    this.auth.answer(this.proxy.service);
    if (environment.firewall !== undefined) protectBalancer(this, environment.firewall, balancer.alb);
    addAlarms(this, this);
    addDashboard(this, this);
  }
}

function imageOf(scope: Construct, { image }: Environment): ContainerImage {
  const repository = Repository.fromRepositoryName(scope, 'Image', image.repository);
  return ContainerImage.fromEcrRepository(repository, image.version);
}

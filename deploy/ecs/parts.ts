import type { ContainerImage, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { IPrivateDnsNamespace } from 'aws-cdk-lib/aws-servicediscovery';
import type { Balancer } from './balancer.ts';
import type { Environment } from './environment.ts';
import type { Network } from './network.ts';
import type { SharedSecrets } from './secrets.ts';
import type { ServiceVariables } from './service-variables.ts';

/** What every service of one installation is made with. */
export type Parts = {
  readonly environment: Environment;
  readonly variables: ServiceVariables;
  readonly image: ContainerImage;
  readonly cluster: ICluster;
  readonly network: Network;
  /** In which services find each other by name. */
  readonly namespace: IPrivateDnsNamespace;
  readonly balancer: Balancer;
  readonly shared: SharedSecrets;
};

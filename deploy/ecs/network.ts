import { Validations } from 'aws-cdk-lib';
import { FlowLogDestination, IpAddresses, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Environment } from './environment.ts';

/** The network, and the ranges in which the load balancer has its addresses. */
export type Network = { readonly vpc: IVpc; readonly balancerRanges: readonly string[] };

/** Makes the VPC, or takes the one that is there. Nothing of it is looked up in an account, so that it needs none. */
export function networkOf(scope: Construct, { network }: Environment): Network {
  if ('vpcId' in network) {
    const { vpcId, zones, publicSubnets, privateSubnets } = network;
    const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', {
      vpcId,
      availabilityZones: zones,
      publicSubnetIds: publicSubnets.map(({ id }) => id),
      privateSubnetIds: privateSubnets,
    });
    Validations.of(vpc).acknowledge({
      id: 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId',
      reason: 'Nothing here adds a route to a network that others made.',
    });
    return { vpc, balancerRanges: publicSubnets.map(({ cidr }) => cidr) };
  }
  const vpc = new Vpc(scope, 'Vpc', {
    ipAddresses: IpAddresses.cidr(network.cidr),
    availabilityZones: network.zones,
    natGateways: network.natGateways,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
      { name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 22 },
    ],
    flowLogs: { rejected: { destination: FlowLogDestination.toCloudWatchLogs() } },
  });
  Validations.of(vpc).acknowledge({
    id: 'CloudFormation-Validate::W3010',
    reason:
      'The environment names its zones, so that nothing has to be asked of the account and no zone changes by itself.',
  });
  return { vpc, balancerRanges: vpc.publicSubnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock) };
}

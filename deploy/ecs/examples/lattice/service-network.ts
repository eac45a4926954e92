import { RemovalPolicy } from 'aws-cdk-lib';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  CfnAccessLogSubscription,
  CfnAuthPolicy,
  CfnServiceNetwork,
  CfnServiceNetworkVpcAssociation,
} from 'aws-cdk-lib/aws-vpclattice';
import { Construct } from 'constructs';
import type { Network } from '../../network.ts';

/** A service network that the VPC can reach, with the policy that holds for all services in it. */
export class ServiceNetwork extends Construct {
  readonly arn: string;
  private readonly connections: Connections;

  constructor(scope: Construct, id: string, { vpc }: Network, guardrail: object) {
    super(scope, id);
    const network = new CfnServiceNetwork(this, 'Network', { authType: 'AWS_IAM' });
    this.arn = network.attrArn;
    new CfnAuthPolicy(this, 'Guardrail', { resourceIdentifier: this.arn, policy: guardrail });
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'The service network: reached by those who call services',
      allowAllOutbound: false,
    });
    this.connections = securityGroup.connections;
    new CfnServiceNetworkVpcAssociation(this, 'Vpc', {
      serviceNetworkIdentifier: this.arn,
      vpcIdentifier: vpc.vpcId,
      securityGroupIds: [securityGroup.securityGroupId],
    });
    // Each request, with its principal, and why it was refused.
    const log = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new CfnAccessLogSubscription(this, 'AccessLog', {
      resourceIdentifier: this.arn,
      destinationArn: log.logGroupArn,
    });
  }

  /** Lets somebody knock; whom they may call the policies say. */
  admit(caller: IConnectable): void {
    this.connections.allowFrom(caller, Port.tcp(443), 'calls services, as far as the policies allow');
  }
}

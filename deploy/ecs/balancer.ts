import { CfnOutput, Duration, Validations } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Peer, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  DesyncMitigationMode,
  ListenerAction,
  ListenerCondition,
  MutualAuthenticationMode,
  SslPolicy,
  TargetType,
  TrustStore,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ApplicationListener, MutualAuthentication } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { certificatesOf } from './certificates.ts';
import type { Environment } from './environment.ts';
import { balancerIdle, deregistrationDelay } from './lifetimes.ts';
import type { Ending } from './lifetimes.ts';
import type { Network } from './network.ts';
import { publicPort } from './container.ts';

/** An ALB allows no more in one rule. */
const hostsInOneRule = 5;

/** Which hosts lead to a service, and how it ends. */
export type Led = {
  readonly hosts: readonly string[];
  /** Rules are tried from the lowest number on. */
  readonly priority: number;
  readonly ending: Ending;
};

/** The one way in: TLS ends here, and a rule for each host leads on. */
export class Balancer extends Construct {
  readonly alb: ApplicationLoadBalancer;
  readonly securityGroup: SecurityGroup;
  readonly certificates: readonly ICertificate[];
  private readonly listener: ApplicationListener;
  private readonly network: Network;

  constructor(scope: Construct, id: string, environment: Environment, network: Network) {
    super(scope, id);
    const { vpc } = network;
    this.network = network;
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'The load balancer: reached by browsers, reaches the public ports',
      allowAllOutbound: false,
    });
    for (const range of environment.reachableFrom) {
      this.securityGroup.addIngressRule(Peer.ipv4(range), Port.tcp(443), 'browsers');
      this.securityGroup.addIngressRule(Peer.ipv4(range), Port.tcp(80), 'browsers, to be sent to HTTPS');
    }
    if (environment.reachableFrom.includes('0.0.0.0/0')) {
      Validations.of(this.securityGroup).acknowledge({
        id: 'AwsSolutions-EC23',
        reason: 'People sign in from anywhere; reachableFrom of the environment narrows it.',
      });
    }
    this.alb = new ApplicationLoadBalancer(this, 'Alb', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      internetFacing: true,
      securityGroup: this.securityGroup,
      deletionProtection: true,
      idleTimeout: balancerIdle,
      // A header with `_` would be another one for applications that read `_` as `-`.
      dropInvalidHeaderFields: true,
      desyncMitigationMode: DesyncMitigationMode.STRICTEST,
      // The proxy finds the route by the host as the browser wrote it, with its port.
      preserveHostHeader: true,
    });
    this.alb.logAccessLogs(accessLogs(this));

    this.certificates = certificatesOf(this, environment, this.alb);
    this.listener = this.alb.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      open: false,
      certificates: [...this.certificates],
      sslPolicy: SslPolicy.TLS13_RES,
      mutualAuthentication: deviceCertificates(this, environment),
      // As the proxy answers for a host that it does not know (RFC 9110, section 15.5.20).
      defaultAction: ListenerAction.fixedResponse(421, {
        contentType: 'text/plain',
        messageBody: 'Unknown host',
      }),
    });
    this.alb.addListener('Http', {
      port: 80,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    new CfnOutput(this, 'Name', {
      value: this.alb.loadBalancerDnsName,
      description: 'Where DNS has to lead',
    });
  }

  /** Leads hosts to the tasks that will be put into the group. */
  lead(id: string, { hosts, priority, ending }: Led): ApplicationTargetGroup {
    const group = new ApplicationTargetGroup(this, id, {
      vpc: this.network.vpc,
      targetType: TargetType.IP,
      protocol: ApplicationProtocol.HTTP,
      port: publicPort,
      deregistrationDelay: deregistrationDelay(ending),
      healthCheck: {
        path: '/ping',
        healthyHttpCodes: '200',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
    for (let first = 0; first < hosts.length; first += hostsInOneRule) {
      const conditions = [ListenerCondition.hostHeaders(hosts.slice(first, first + hostsInOneRule))];
      const rule = first / hostsInOneRule;
      this.listener.addAction(`${id}${rule}`, {
        priority: priority + rule,
        conditions,
        action: ListenerAction.forward([group]),
      });
    }
    return group;
  }
}

function accessLogs(scope: Construct): Bucket {
  const bucket = new Bucket(scope, 'AccessLogs', {
    // The only encryption with which an ALB can write.
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(90) }],
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'It holds access logs. A log of who wrote them would be written by the same load balancer, for ever.',
  });
  return bucket;
}

/** Whether browsers have to show a certificate. Only then the proxy believes what the ALB tells of it (`SERVER_DEVICE_CERTIFICATES`). */
function deviceCertificates(scope: Construct, environment: Environment): MutualAuthentication | undefined {
  if (environment.deviceCertificates === undefined) return undefined;
  const { bucket, key } = environment.deviceCertificates;
  return {
    mutualAuthenticationMode: MutualAuthenticationMode.VERIFY,
    trustStore: new TrustStore(scope, 'DeviceAuthorities', {
      bucket: Bucket.fromBucketName(scope, 'DeviceAuthoritiesBucket', bucket),
      key,
    }),
  };
}

import { Stack } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2';
import { CfnService as EcsService, ContainerImage, FargateService, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { CnameRecord } from 'aws-cdk-lib/aws-route53';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import {
  CfnListener,
  CfnService,
  CfnServiceNetworkServiceAssociation,
  CfnTargetGroup,
} from 'aws-cdk-lib/aws-vpclattice';
import { Construct } from 'constructs';
import { acknowledgeVariables } from '../../container.ts';
import type { Parts } from '../../parts.ts';
import { replacedWithoutLoss } from '../../replacing.ts';
import { countOf, taskDefinition } from '../../service.ts';
import type { ServiceNetwork } from './service-network.ts';

const port = 8080;

/** What a service is made with. */
export type LatticeServiceOptions = {
  readonly parts: Parts;
  readonly serviceNetwork: ServiceNetwork;
  /** `app1` */
  readonly name: string;
  /** `app1.lattice.example.com`, in the zone */
  readonly domainName: string;
  readonly zone: IHostedZone;
  /** The addresses from which VPC Lattice comes to a task. */
  readonly prefixList: string;
  /** With which ECS tells VPC Lattice where the tasks are. */
  readonly registrar: IRole;
};

/** An application as tasks, and the service of VPC Lattice that is the one way to them. */
export class LatticeService extends Construct implements IConnectable {
  readonly connections: Connections;
  /** Of its tasks: who it is to other services. */
  readonly role: IRole;
  readonly arn: string;
  /** By which checks of the template name it. */
  readonly logicalId: string;

  constructor(scope: Construct, id: string, options: LatticeServiceOptions) {
    super(scope, id);
    const { parts, serviceNetwork, name, domainName, zone, prefixList, registrar } = options;
    const { cluster, network } = parts;
    const targets = new CfnTargetGroup(this, 'Targets', {
      type: 'IP',
      config: { vpcIdentifier: network.vpc.vpcId, protocol: 'HTTP', port, healthCheck: { enabled: true } },
    });
    const service = new CfnService(this, 'Service', {
      authType: 'AWS_IAM',
      customDomainName: domainName,
      certificateArn: new Certificate(this, 'Certificate', {
        domainName,
        validation: CertificateValidation.fromDns(zone),
      }).certificateArn,
    });
    this.arn = service.attrArn;
    this.logicalId = Stack.of(this).getLogicalId(service);
    new CfnListener(this, 'Https', {
      serviceIdentifier: this.arn,
      protocol: 'HTTPS',
      port: 443,
      defaultAction: { forward: { targetGroups: [{ targetGroupIdentifier: targets.attrArn, weight: 100 }] } },
    });
    new CfnServiceNetworkServiceAssociation(this, 'InNetwork', {
      serviceNetworkIdentifier: serviceNetwork.arn,
      serviceIdentifier: this.arn,
    });
    new CnameRecord(this, 'Name', {
      zone,
      recordName: `${domainName}.`,
      domainName: service.attrDnsEntryDomainName,
    });

    const task = applicationTask(this, name);
    this.role = task.taskRole;
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: `${name}: reached by VPC Lattice alone`,
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(Peer.prefixList(prefixList), Port.tcp(port), 'VPC Lattice');
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'its image, AWS, and other services');
    this.connections = securityGroup.connections;
    const fargate = new FargateService(this, 'Tasks', {
      ...replacedWithoutLoss,
      ...countOf({ min: 2, max: 2 }),
      cluster,
      taskDefinition: task,
      securityGroups: [securityGroup],
    });
    registerWith(fargate, { portName: name, targetGroupArn: targets.attrArn, roleArn: registrar.roleArn });
  }
}

/** Where your application goes. This one answers with the headers that it was sent. */
function applicationTask(scope: Construct, name: string) {
  const task = taskDefinition(scope, 'Task', { cpu: 256, memory: 512 });
  task.addContainer('application', {
    image: ContainerImage.fromRegistry('docker.io/traefik/whoami:v1.11'),
    environment: { WHOAMI_PORT_NUMBER: `${port}`, WHOAMI_NAME: name },
    portMappings: [{ name, containerPort: port }],
    readonlyRootFilesystem: true,
    logging: LogDrivers.awsLogs({ streamPrefix: name }),
  });
  acknowledgeVariables(task);
  return task;
}

// FargateService has no option for it.
function registerWith(fargate: FargateService, configuration: EcsService.VpcLatticeConfigurationProperty) {
  const service = fargate.node.defaultChild;
  if (!(service instanceof EcsService)) throw new Error('a Fargate service is another resource than it was');
  service.vpcLatticeConfigurations = [configuration];
}

import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import type { App, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { CfnAuthPolicy } from 'aws-cdk-lib/aws-vpclattice';
import { readEnvironment } from '../../environment.ts';
import { LatchkeyStack } from '../../stack.ts';
import { LatticeService } from './lattice-service.ts';
import { authPolicies } from './policies.ts';
import { ServiceNetwork } from './service-network.ts';

const zoneOfServices = { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'harbourline.example' };
const domain = 'lattice.harbourline.example';
// aws ec2 describe-managed-prefix-lists --filters Name=prefix-list-name,Values=com.amazonaws.REGION.vpc-lattice
const prefixList = 'pl-0123456789abcdef0';

/**
 * Services in a VPC Lattice service network, with Latchkey in front. Latchkey checks tokens and signs with the role of its
 * task; which role and which scope may call which service, `auth-policies.yml` says.
 */
export function behindLattice(app: App): LatchkeyStack {
  const stack = new LatchkeyStack(app, readEnvironment(join(import.meta.dirname, 'lattice.yml')));
  const { parts, proxy } = stack.latchkey;
  const account = `arn:${stack.partition}:iam::${stack.account}:root`;
  const serviceNetwork = new ServiceNetwork(
    stack,
    'ServiceNetwork',
    parts.network,
    authPolicies({ account }).network,
  );
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'ZoneOfServices', zoneOfServices);
  const registrar = registrarOf(stack);
  const { services: policies, calls } = authPolicies();
  const services = Object.keys(policies).map((name) => {
    const domainName = `${name}.${domain}`;
    const given = { parts, serviceNetwork, name, domainName, zone, prefixList, registrar };
    return [name, new LatticeService(stack, name, given)] as const;
  });

  const { connections, fargate } = proxy.service;
  const callers = [
    ['latchkey', { role: fargate.taskDefinition.taskRole, connections }] as const,
    ...services,
  ];
  const roles = Object.fromEntries(callers.map(([name, { role }]) => [name, role.roleArn]));
  for (const [name, { arn }] of services) {
    const policy = authPolicies({ ...roles, service: arn }).services[name];
    new CfnAuthPolicy(stack, `${name}Policy`, { resourceIdentifier: arn, policy });
  }
  for (const [name, caller] of callers) {
    const called = services.filter(([service]) => calls[name]?.includes(service)).map(([, one]) => one);
    if (called.length === 0) continue;
    serviceNetwork.admit(caller);
    allowCalls(stack, name, caller.role, called);
  }
  return stack;
}

function allowCalls(stack: Stack, name: string, role: IRole, services: readonly LatticeService[]): void {
  const resources = services.map(({ arn }) => `${arn}/*`);
  const statement = new PolicyStatement({ actions: ['vpc-lattice-svcs:Invoke'], resources });
  const policy = new Policy(stack, `${name}Calls`, { statements: [statement], roles: [role] });
  for (const { logicalId } of services) {
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/*]`,
      reason: 'What follows the ARN of a service is a path, and all of them are for those who may call it.',
    });
  }
}

/** With which ECS registers tasks as targets. */
function registrarOf(stack: Stack): Role {
  const role = new Role(stack, 'Registrar', {
    assumedBy: new ServicePrincipal('ecs.amazonaws.com'),
    managedPolicies: [
      ManagedPolicy.fromAwsManagedPolicyName('AmazonECSInfrastructureRolePolicyForVpcLattice'),
    ],
  });
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonECSInfrastructureRolePolicyForVpcLattice]',
    reason: 'AWS writes this policy for ECS, and extends it with what ECS comes to need.',
  });
  return role;
}

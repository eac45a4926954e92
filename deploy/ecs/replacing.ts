import { AvailabilityZoneRebalancing } from 'aws-cdk-lib/aws-ecs';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { FargateServiceProps } from 'aws-cdk-lib/aws-ecs';

/**
 * How every service is put in place and replaced: away from the internet, with as many tasks as before until the new ones are
 * healthy, back to those of before if they do not become so, and in as many zones as there are tasks for.
 */
export const replacedWithoutLoss = {
  vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
  assignPublicIp: false,
  circuitBreaker: { enable: true, rollback: true },
  minHealthyPercent: 100,
  maxHealthyPercent: 200,
  availabilityZoneRebalancing: AvailabilityZoneRebalancing.ENABLED,
} satisfies Partial<FargateServiceProps>;

import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import type { TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Environment } from './environment.ts';

type Place = Pick<Environment, 'name' | 'account' | 'region'>;

const key = 'upstreams.yml';
const lastGoodKey = 'last-good/upstreams.yml';

/**
 * The bucket of the upstream file, in a stack of its own: the first tasks find the file there, so it is made, and the file
 * uploaded, before them. It stays when the services are taken down.
 */
export class UpstreamsStack extends Stack {
  constructor(app: App, { name, account, region }: Place) {
    super(app, `latchkey-${name}-upstreams`, {
      env: { account, region },
      description: `The upstream file of Latchkey, ${name}`,
      analyticsReporting: false,
    });
    const bucket = new Bucket(this, 'Bucket', {
      bucketName: bucketOf({ name, account, region }),
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(365), noncurrentVersionsToRetain: 20 }],
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Each task reads it every few seconds, and a log of that hides who wrote. CloudTrail says that, with data events for this bucket.',
    });
    new CfnOutput(this, 'File', {
      value: `s3://${bucket.bucketName}/${key}`,
      description: 'Where to upload it',
    });
  }
}

/** What the proxy gets of it. */
export function upstreamVariables(place: Place): Record<string, string> {
  const bucket = bucketOf(place);
  return {
    UPSTREAM_CONFIG_URL: `s3://${bucket}/${key}`,
    UPSTREAM_CONFIG_LAST_GOOD: `s3://${bucket}/${lastGoodKey}`,
  };
}

/** Lets the task of the proxy read the file, and read and write the last good version of it. */
export function allowUpstreams(task: TaskDefinition, place: Place): void {
  const { partition } = Stack.of(task);
  const objects = `arn:${partition}:s3:::${bucketOf(place)}`;
  const lastGood = `${objects}/${lastGoodKey}`;
  for (const [action, resources] of [
    ['s3:GetObject', [`${objects}/${key}`, lastGood]],
    ['s3:PutObject', [lastGood]],
  ] as const) {
    task.addToTaskRolePolicy(new PolicyStatement({ actions: [action], resources: [...resources] }));
  }
}

function bucketOf({ name, account, region }: Place): string {
  return `latchkey-${name}-${account}-${region}`;
}

import { Fn, Names, SecretValue, Validations } from 'aws-cdk-lib';
import { Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { Connections, IConnectable, IVpc } from 'aws-cdk-lib/aws-ec2';
import { CfnServerlessCache, CfnUser, CfnUserGroup } from 'aws-cdk-lib/aws-elasticache';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { randomSecret } from './secrets.ts';

const userName = 'auth';
// docs/operating.md, Redis for auth: Rights.
const rights =
  'on ~latchkey:1:* -@all +info +select +eval +exists +get +set +del +hget +hmget +hset +incr +pexpire +pttl +time +xadd +xrange +xdel +zadd +zcard +zrange +zrem +zremrangebyrank +cluster';

/** Valkey for the tasks of auth to remember together: ElastiCache Serverless, over TLS, for one user with the rights that it needs. */
export class Store extends Construct {
  /** `REDIS_URL`, with the password in it. */
  readonly address: ISecret;
  private readonly connections: Connections;

  constructor(scope: Construct, id: string, vpc: IVpc) {
    super(scope, id);
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'The store: reached by auth alone',
      allowAllOutbound: false,
    });
    this.connections = securityGroup.connections;
    const password = randomSecret(
      this,
      'Password',
      'Of auth at its store. CloudFormation writes it into the address.',
    );
    const name = Names.uniqueResourceName(this, { maxLength: 36, separator: '-' }).toLowerCase();
    const user = new CfnUser(this, 'User', {
      engine: 'valkey',
      userId: name,
      userName,
      accessString: rights,
      passwords: [password.secretValue.unsafeUnwrap()],
    });
    const users = new CfnUserGroup(this, 'Users', {
      engine: 'valkey',
      userGroupId: name,
      userIds: [user.ref],
    });
    const cache = new CfnServerlessCache(this, 'Cache', {
      engine: 'valkey',
      majorEngineVersion: '8',
      serverlessCacheName: name,
      userGroupId: users.ref,
      securityGroupIds: [securityGroup.securityGroupId],
      subnetIds: vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS }).subnetIds,
    });
    const address = new Secret(this, 'Address', {
      description: 'Where the store is. REDIS_URL of auth.',
      secretStringValue: addressOf(cache, password),
    });
    Validations.of(address).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'It follows from the password and is written anew with it.',
    });
    this.address = address;
  }

  /** Lets tasks connect: 6379 is the cache itself, 6380 what CLUSTER SLOTS names as its replicas. */
  allowFrom(tasks: IConnectable): void {
    this.connections.allowFrom(tasks, Port.tcpRange(6379, 6380), 'auth remembers here');
  }
}

function addressOf(cache: CfnServerlessCache, password: ISecret) {
  const parts = [
    `rediss://${userName}:`,
    password.secretValue.unsafeUnwrap(),
    '@',
    cache.attrEndpointAddress,
    ':',
    cache.attrEndpointPort,
  ];
  return SecretValue.unsafePlainText(Fn.join('', parts));
}

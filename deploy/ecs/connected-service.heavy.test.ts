// What an application with a connector is deployed as, and what is refused before it is.
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Port, Peer, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import { ConnectedService } from './connected-service.ts';
import { variablesOfConnector } from './connector-variables.ts';
import type { ConnectorOptions } from './connector-variables.ts';
import { EnvironmentError, readEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { containerIn, propertiesOf, synthesised, variablesOf, violationsIn } from './read-template.ts';
import { variablesOfServices } from './service-variables.ts';
import { LatchkeyStack } from './stack.ts';

const environment = readEnvironment(join(import.meta.dirname, 'examples/grafana-connector/connected.yml'));
const grafana = 'https://grafana.corp.harbourline.example';
const connector: ConnectorOptions = {
  name: 'grafana-prod',
  targets: { [grafana]: '127.0.0.1:3000' },
  credential: { roleName: 'latchkey-grafana-task' },
};

test('with a token, and in a cluster of another network, to which the proxy has no way', () => {
  const { template, assembly } = synthesised((app) => {
    const stack = new LatchkeyStack(app, environment);
    const vpc = Vpc.fromVpcAttributes(stack, 'Elsewhere', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-central-1a'],
      privateSubnetIds: ['subnet-0123456789abcdef0'],
      privateSubnetRouteTableIds: ['rtb-0123456789abcdef0'],
    });
    const cluster = Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs', vpc });
    const service = new ConnectedService(stack, 'Wiki', {
      latchkey: stack.latchkey,
      cluster,
      connector: {
        ...connector,
        credential: { tokenSecret: 'latchkey/connected/token' },
        environment: { CONNECTOR_ALLOW_IF: 'request.method == "GET"' },
      },
      size: { cpu: 256, memory: 512 },
      tasks: { min: 2, max: 2 },
      application: {
        image: ContainerImage.fromRegistry('wiki'),
        logging: LogDrivers.awsLogs({ streamPrefix: 'wiki' }),
      },
    });
    service.connections.allowTo(Peer.ipv4('10.1.0.0/16'), Port.tcp(5432), 'its database');
    return stack;
  });
  const container = containerIn(template, 'connector');
  expect(container?.['Secrets']).toEqual([{ Name: 'CONNECTOR_TOKEN', ValueFrom: expect.anything() }]);
  expect(JSON.stringify(container?.['Secrets'])).toContain('latchkey/connected/token');
  const variables = variablesOf(container);
  expect(variables.has('CONNECTOR_AWS_ROLE')).toBe(false);
  expect(variables.get('CONNECTOR_ALLOW_IF')).toBe('request.method == "GET"');
  const [group] = propertiesOf(template, 'AWS::EC2::SecurityGroup', 'WikiSecurityGroup');
  expect(group).toMatchObject({
    VpcId: 'vpc-0123456789abcdef0',
    SecurityGroupEgress: [{ FromPort: 443 }, { CidrIp: '10.1.0.0/16', FromPort: 5432 }],
  });
  expect(propertiesOf(template, 'AWS::ECS::Service', 'Wiki')).toEqual([
    expect.objectContaining({ Cluster: 'theirs', DesiredCount: 2 }),
  ]);
  expect(violationsIn(assembly)).toEqual([]);
});

describe('what would not work is refused before anything is deployed', () => {
  const { proxy, auth } = environment;
  const { CONNECTORS_HOST: _, ...withoutHost } = proxy.environment;

  test('and nothing else is', () => {
    expect(refused(environment, connector)).toBe('');
  });

  test.each<[string, Partial<Environment>, string]>([
    [
      'a proxy at which no connector arrives',
      { proxy: { ...proxy, environment: withoutHost } },
      'proxy.environment.CONNECTORS_HOST: not set, write the host of connectors, like connect.corp.harbourline.example',
    ],
    [
      'a host of connectors that nobody is led to',
      { proxy: { ...proxy, environment: { CONNECTORS_HOST: 'connect.harbourline.example' } } },
      'proxy.environment.CONNECTORS_HOST: connect.harbourline.example is neither below corp.harbourline.example nor one of furtherHosts; name it there, or another host',
    ],
    [
      'a proxy that signs no assertions',
      { proxy: { ...proxy, secrets: {} } },
      'proxy.secrets.ASSERTION_KEY: not set, and without assertions a connector lets nobody through; write the name of its secret',
    ],
    [
      'an auth that publishes no key of them',
      {
        auth: {
          ...auth,
          secrets: { PROVIDER_GOOGLE_CLIENT_SECRET: 'latchkey/connected/google-client-secret' },
        },
      },
      'auth.secrets.ASSERTION_KEY: not set, and without assertions a connector lets nobody through; write the name of its secret',
    ],
    [
      'a load balancer that asks for what no connector has',
      { deviceCertificates: { bucket: 'authorities', key: 'devices.pem' } },
      'deviceCertificates: the load balancer asks connectors for a certificate, and they have none',
    ],
  ])('%s', (_, changed, sentence) => {
    expect(refused({ ...environment, ...changed }, connector)).toBe(sentence);
  });

  test.each<[string, Partial<ConnectorOptions>, string]>([
    [
      'a connector that the upstream file does not know',
      { name: 'wiki' },
      'upstreams.yml: there is no connector wiki; write it into connectors',
    ],
    [
      'a role that the upstream file does not name',
      { credential: { roleName: 'another' } },
      'upstreams.yml: connector grafana-prod has the role arn:aws:iam::111122223333:role/latchkey-grafana-task; write arn:aws:iam::111122223333:role/another as aws_role of its service account',
    ],
    [
      'a target in other words than those of the route',
      { targets: { [grafana]: 'localhost:3000' } },
      "upstreams.yml:12:13: comes by connector grafana-prod, which does not dial it; write 'https://grafana.corp.harbourline.example': '127.0.0.1:3000' into its targets",
    ],
    [
      'what the connector would refuse',
      { environment: { CONNECTOR_WAIT_FOR: 'a while' } },
      'connector grafana-prod would not start: CONNECTOR_WAIT_FOR: got "a while"',
    ],
    [
      'what follows from the rest',
      { environment: { CONNECTOR_URL: 'https://connect.corp.harbourline.example' } },
      'connector grafana-prod: CONNECTOR_URL follows from the rest, leave it out',
    ],
  ])('%s', (_, changed, sentence) => {
    expect(refused(environment, { ...connector, ...changed })).toContain(sentence);
  });

  test.each([
    ['unix:/run/grafana.sock', 'unix:/run/grafana.sock'],
    ['http://grafana', 'grafana:80'],
    ['https://grafana', 'https://grafana:443'],
    ['tcp://db.internal:5432', 'tcp://db.internal:5432'],
  ])('a route to %s wants a target %s', (to, target) => {
    const upstreamText = environment.upstreamText.replace('http://127.0.0.1:3000', to);
    const written = { ...environment, upstreamText };
    expect(refused(written, connector)).toContain(`write '${grafana}': '${target}' into its targets`);
    expect(refused(written, { ...connector, targets: { [grafana]: target } })).toBe('');
  });
});

/** Why it is; empty where it is not. */
function refused(written: Environment, asked: ConnectorOptions): string {
  const variables = variablesOfServices(written, { balancerRanges: ['10.60.0.0/24'] });
  try {
    variablesOfConnector({ environment: written, variables }, asked);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems.join('\n');
    throw error;
  }
  return '';
}

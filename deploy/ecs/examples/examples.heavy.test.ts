// What the examples deploy besides an installation, read from their templates. They are what people copy first.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { ContainerImage, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import { ProtectedService } from '../protected-service.ts';
import {
  containerIn,
  containerOf,
  propertiesOf,
  synthesised,
  typesIn,
  variablesOf,
  violationsIn,
} from '../read-template.ts';
import { taskDefinition } from '../service.ts';
import { grafanaConnector } from './grafana-connector/stack.ts';
import { grafanaSidecar } from './grafana-sidecar/stack.ts';
import { behindLattice } from './lattice/stack.ts';
import { vaultAndSnapPass } from './vault-and-snappass/stack.ts';

const grafana = synthesised(grafanaSidecar);
const connected = synthesised(grafanaConnector);
const tools = synthesised(vaultAndSnapPass);
const lattice = synthesised(behindLattice);

describe.each([
  ['grafana-sidecar', grafana],
  ['grafana-connector', connected],
  ['vault-and-snappass', tools],
  ['lattice', lattice],
])('%s', (_, { template, assembly }) => {
  test('has nothing that AWS calls unwise, but for what has its reason written beside it', () => {
    expect(violationsIn(assembly)).toEqual([]);
  });

  test('runs each service away from the internet, and goes back by itself when a new task does not come up', () => {
    const services = propertiesOf(template, 'AWS::ECS::Service');
    expect(services.length).toBeGreaterThan(2);
    for (const service of services) {
      expect(service).toMatchObject({
        DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
        NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } },
      });
    }
  });

  test('has no kind of resource that the page for operators does not explain', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/deploying-on-ecs.md'), 'utf8');
    expect(
      typesIn(template).filter((type) => !page.includes(`\`${type}\``) && type !== 'AWS::CDK::Metadata'),
    ).toEqual([]);
  });
});

test('the sidecar alone is reached, and Grafana listens to it alone', () => {
  const { template } = grafana;
  const application = containerIn(template, 'application');
  expect(application?.['PortMappings'] ?? []).toEqual([]);
  expect(variablesOf(application).get('GF_SERVER_HTTP_ADDR')).toBe('127.0.0.1');
  const proxy = propertiesOf(template, 'AWS::ECS::TaskDefinition', 'GrafanaTask').map((task) =>
    containerOf(task, 'proxy'),
  )[0];
  expect(variablesOf(proxy).get('UPSTREAM_CONFIG')).toContain('to: http://127.0.0.1:3000');
  expect(proxy).toMatchObject({
    DependsOn: [{ ContainerName: 'application', Condition: 'START' }],
    ReadonlyRootFilesystem: true,
  });
  const [group] = propertiesOf(template, 'AWS::EC2::SecurityGroup', 'GrafanaSecurityGroup');
  expect(group).toMatchObject({ SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }] });
  expect(reachedBy(template, 'Grafana')).toEqual(['LatchkeyBalancer at 4180']);
  expect(reachedBy(template, 'LatchkeyAuth')).toContain('Grafana at 4181');
});

test('its host is led to it before the hosts of all others are', () => {
  const [rule] = propertiesOf(grafana.template, 'AWS::ElasticLoadBalancingV2::ListenerRule', 'HttpsGrafana');
  expect(rule).toMatchObject({
    Priority: 100,
    Conditions: [{ HostHeaderConfig: { Values: ['grafana.corp.harbourline.example'] } }],
  });
});

describe('Grafana with a connector', () => {
  const { template } = connected;
  const [task] = propertiesOf(template, 'AWS::ECS::TaskDefinition', 'GrafanaTask');
  const container = containerOf(task, 'connector');

  test('is reached by nobody: no group, no port, no load balancer and no name lead there', () => {
    const [group] = propertiesOf(template, 'AWS::EC2::SecurityGroup', 'GrafanaSecurityGroup');
    expect(group).not.toHaveProperty('SecurityGroupIngress');
    expect(group).toMatchObject({
      SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }],
    });
    expect(reachedBy(template, 'Grafana')).toEqual([]);
    for (const name of ['application', 'connector']) {
      expect(containerOf(task, name)?.['PortMappings'] ?? []).toEqual([]);
    }
    const [service] = propertiesOf(template, 'AWS::ECS::Service', 'Grafana');
    expect(service).not.toHaveProperty('ServiceRegistries');
    expect(service?.['LoadBalancers'] ?? []).toEqual([]);
    expect(variablesOf(containerOf(task, 'application')).get('GF_SERVER_HTTP_ADDR')).toBe('127.0.0.1');
  });

  test('dials out to the proxy, with the role of its task and without a secret', () => {
    expect(Object.fromEntries(variablesOf(container))).toEqual({
      CONNECTOR_NAME: 'grafana-prod',
      CONNECTOR_URL: 'https://connect.corp.harbourline.example',
      CONNECTOR_AUTH_URL: 'https://sso.corp.harbourline.example',
      CONNECTOR_AWS_ROLE: 'true',
      CONNECTOR_TARGETS: 'https://grafana.corp.harbourline.example=127.0.0.1:3000',
      CONNECTOR_HEALTH_PORT: '4189',
    });
    expect(container).not.toHaveProperty('Secrets');
    const role = { RoleName: 'latchkey-grafana-task' };
    expect(propertiesOf(template, 'AWS::IAM::Role', 'GrafanaTaskRole')).toEqual([
      expect.objectContaining(role),
    ]);
    expect(task?.['TaskRoleArn']).toEqual({
      'Fn::GetAtt': [expect.stringMatching('^GrafanaTaskRole'), 'Arn'],
    });
    const policies = propertiesOf(template, 'AWS::IAM::Policy');
    expect(policies.filter(({ Roles }) => /"GrafanaTaskRole/.test(JSON.stringify(Roles)))).toEqual([]);
  });

  test('is deployed after what it connects to', () => {
    const services = Object.values(template.findResources('AWS::ECS::Service'));
    const service = services.find(({ Properties }) => JSON.stringify(Properties).includes('GrafanaTask'));
    expect(service?.['DependsOn']).toEqual(
      expect.arrayContaining([
        expect.stringMatching('^LatchkeyProxyTasksService'),
        expect.stringMatching('^LatchkeyBalancerAlb'),
      ]),
    );
  });

  test('rings while it is connected to no task of the proxy', () => {
    const [alarm] = propertiesOf(template, 'AWS::CloudWatch::Alarm', 'AlarmConnectorgrafanaprod');
    expect(alarm).toMatchObject({
      MetricName: 'latchkey_connector_connections',
      Dimensions: [
        { Name: 'connector', Value: 'grafana-prod' },
        { Name: 'job', Value: 'proxy' },
      ],
      Statistic: 'Maximum',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      AlarmActions: [expect.anything()],
    });
  });

  test('is replaced when its connector has had no connection for five minutes, and not before', () => {
    expect(container).toMatchObject({
      HealthCheck: { Command: ['CMD', '/bin/healthcheck'], Interval: 30, Retries: 10 },
    });
  });

  test('starts its connector after it and ends it before, with the time that requests under way may take', () => {
    expect(container).toMatchObject({
      Command: ['/bin/sso-connector'],
      Essential: true,
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
      DependsOn: [{ ContainerName: 'application', Condition: 'START' }],
    });
    const source = readFileSync(join(import.meta.dirname, '../../../packages/link/src/limits.ts'), 'utf8');
    const stopMs = Number(/connectorStopsWithinMs = ([\d_]+)/.exec(source)?.[1]?.replaceAll('_', ''));
    expect(Number(container?.['StopTimeout']) * 1_000).toBeGreaterThan(stopMs);
  });
});

test.each([
  ['Vault', 'vault', 8200],
  ['SnapPass', 'snappass', 5000],
])('%s is found by its name, reached by the proxy alone, and reaches HTTPS alone', (id, name, port) => {
  const { template } = tools;
  expect(propertiesOf(template, 'AWS::ServiceDiscovery::Service', id)).toEqual([
    expect.objectContaining({ Name: name }),
  ]);
  expect(reachedBy(template, id)).toEqual([`LatchkeyProxy at ${port}`]);
  const [group] = propertiesOf(template, 'AWS::EC2::SecurityGroup', `${id}SecurityGroup`);
  expect(group).toMatchObject({ SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }] });
  // What it keeps is in the memory of its task.
  expect(propertiesOf(template, 'AWS::ECS::Service', id)).toEqual([
    expect.objectContaining({ DesiredCount: 1 }),
  ]);
});

test('an application that keeps nothing in its tasks has as many as its load asks for', () => {
  const { template } = synthesised((app) => {
    const stack = vaultAndSnapPass(app);
    const { latchkey } = stack;
    const task = taskDefinition(stack, 'StatusTask', { cpu: 256, memory: 512 });
    task.addContainer('status', {
      image: ContainerImage.fromRegistry('status'),
      logging: LogDrivers.awsLogs({ streamPrefix: 'status' }),
    });
    const tasks = { min: 2, max: 4 };
    new ProtectedService(stack, 'Status', { latchkey, name: 'status', port: 80, task, tasks });
    return stack;
  });
  const [target] = propertiesOf(template, 'AWS::ApplicationAutoScaling::ScalableTarget', 'Status');
  expect(target).toMatchObject({ MinCapacity: 2, MaxCapacity: 4 });
  expect(propertiesOf(template, 'AWS::ECS::Service', 'Status')).toEqual([
    expect.objectContaining({ AvailabilityZoneRebalancing: 'ENABLED' }),
  ]);
});

describe('behind VPC Lattice', () => {
  const { template } = lattice;
  const policies = propertiesOf(template, 'AWS::VpcLattice::AuthPolicy');
  const invoke = 'vpc-lattice-svcs:Invoke';
  const atPaths = { 'Fn::Join': ['', [expect.anything(), '/*']] };

  test('nothing in the network is called without a signature of this account', () => {
    expect(policies.map(({ Policy }) => Policy)[0]).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: { 'Fn::Join': ['', expect.arrayContaining([':iam::111122223333:root'])] } },
          Action: invoke,
          Resource: '*',
          Condition: { StringNotEqualsIgnoreCase: { 'aws:PrincipalType': 'anonymous' } },
        },
      ],
    });
    for (const type of ['AWS::VpcLattice::ServiceNetwork', 'AWS::VpcLattice::Service']) {
      for (const one of propertiesOf(template, type)) expect(one).toMatchObject({ AuthType: 'AWS_IAM' });
    }
    expect(policies).toHaveLength(4);
  });

  test('a service is called by the role of Latchkey with the scope of a token, or by a role that is named', () => {
    const [app1, app2, app3] = ['app1', 'app2', 'app3'].map(
      (name) => propertiesOf(template, 'AWS::VpcLattice::AuthPolicy', `${name}Policy`)[0]?.['Policy'],
    );
    const byScope = {
      Effect: 'Allow',
      Principal: roleOf('^LatchkeyProxyTasksTaskTaskRole'),
      Action: invoke,
      Resource: atPaths,
      Condition: { StringEquals: { 'vpc-lattice-svcs:RequestHeader/x-jwt-scope-apps.all': 'true' } },
    };
    const byRole = {
      Effect: 'Allow',
      Principal: roleOf('^app2TaskTaskRole'),
      Action: invoke,
      Resource: atPaths,
    };
    expect(app1).toMatchObject({ Statement: [byRole, byScope] });
    expect(app2).toMatchObject({ Statement: [byScope] });
    expect(app3).toMatchObject({
      Statement: [{ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }],
    });
  });

  test('the role of a task may call what it calls, and nothing else', () => {
    const allowed = propertiesOf(template, 'AWS::IAM::Policy', 'Calls').map(({ Roles, PolicyDocument }) => [
      /"(Latchkey|app\d)/.exec(JSON.stringify(Roles))?.[1],
      [...new Set(JSON.stringify(PolicyDocument).match(/app\d(?=Service)/g))],
    ]);
    expect(allowed).toEqual([
      ['Latchkey', ['app1', 'app2']],
      ['app2', ['app1']],
    ]);
    const others = propertiesOf(template, 'AWS::IAM::Policy').filter(
      ({ PolicyDocument }) => !JSON.stringify(PolicyDocument).includes(invoke),
    );
    expect(others.filter(({ Roles }) => /"app\dTaskTaskRole/.test(JSON.stringify(Roles)))).toEqual([]);
  });

  test('tasks are reached by VPC Lattice alone, and it by those who call', () => {
    for (const name of ['app1', 'app2', 'app3']) {
      const ways = propertiesOf(template, 'AWS::EC2::SecurityGroupIngress', name);
      expect(ways.filter(({ GroupId }) => JSON.stringify(GroupId).includes(`"${name}`))).toEqual([
        expect.objectContaining({ SourcePrefixListId: expect.stringMatching(/^pl-/), FromPort: 8080 }),
      ]);
      const [service] = propertiesOf(template, 'AWS::ECS::Service', name);
      expect(service).toMatchObject({ VpcLatticeConfigurations: [{ PortName: name }] });
    }
    const callers = propertiesOf(template, 'AWS::EC2::SecurityGroupIngress', 'ServiceNetwork').map(
      ({ SourceSecurityGroupId, FromPort }) => [
        /"(LatchkeyProxy|app\d)/.exec(JSON.stringify(SourceSecurityGroupId))?.[1],
        FromPort,
      ],
    );
    expect(callers).toEqual([
      ['LatchkeyProxy', 443],
      ['app2', 443],
    ]);
  });
});

function roleOf(part: string) {
  return { AWS: { 'Fn::GetAtt': [expect.stringMatching(part), 'Arn'] } };
}

/** Who may connect to a part, and where. */
function reachedBy(template: Template, part: string): string[] {
  return propertiesOf(template, 'AWS::EC2::SecurityGroupIngress', part)
    .filter(({ GroupId }) => JSON.stringify(GroupId).includes(`"${part}`))
    .map(({ SourceSecurityGroupId, FromPort }) => {
      const from = /"(Latchkey(?:Balancer|Proxy|Auth)|[A-Z][a-z]+(?=SecurityGroup))/.exec(
        JSON.stringify(SourceSecurityGroupId),
      );
      return `${from?.[1]} at ${String(FromPort)}`;
    });
}

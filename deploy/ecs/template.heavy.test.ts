// What the load balancer, the tasks and the network of an installation are like, read from the template that is deployed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { surveyAuthSettings } from '@latchkey/settings';
import { Stack } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { EnvironmentError, readEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { rungFor } from './log-alarms.ts';
import { metricLabels } from './metrics.ts';
import {
  attributesIn,
  attributesOf,
  containerIn,
  containerOf,
  propertiesOf,
  synthesised,
  typesIn,
  variablesOf,
  violationsIn,
} from './read-template.ts';
import type { Properties } from './read-template.ts';
import { checkedApp, LatchkeyStack } from './stack.ts';
import { variablesBeside, variablesOfServices } from './service-variables.ts';

const prod = synthesised((app) => ofEnvironment(app, 'prod'));
const staging = synthesised((app) => ofEnvironment(app, 'staging'));

function ofEnvironment(app: App, name: string): LatchkeyStack {
  return new LatchkeyStack(app, readEnvironment(join(import.meta.dirname, 'environments', `${name}.yml`)));
}

describe('the load balancer', () => {
  const attributes = attributesOf(prod.template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');

  test.each([
    [
      'drops header fields that applications would read as others',
      'routing.http.drop_invalid_header_fields.enabled',
      'true',
    ],
    [
      'refuses requests that two servers would read differently',
      'routing.http.desync_mitigation_mode',
      'strictest',
    ],
    ['passes the host on as the browser wrote it', 'routing.http.preserve_host_header.enabled', 'true'],
    ['writes access logs', 'access_logs.s3.enabled', 'true'],
    ['is not deleted by mistake', 'deletion_protection.enabled', 'true'],
  ])('%s', (_, key, value) => {
    expect(attributes.get(key)).toBe(value);
  });

  test('closes an idle connection before a service does', () => {
    const source = readFileSync(join(import.meta.dirname, '../../packages/http/src/server/life.ts'), 'utf8');
    const keptMs = Number(/keepAliveMs = ([\d_]+)/.exec(source)?.[1]?.replaceAll('_', ''));
    expect(Number(attributes.get('idle_timeout.timeout_seconds')) * 1_000).toBeLessThan(keptMs);
  });

  test('leads the host of auth to auth, all others of the domain to the proxy, and no host beyond', () => {
    const rules = propertiesOf(prod.template, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    const hosts = rules.map(({ Priority, Conditions }) => [Priority, JSON.stringify(Conditions)]);
    expect(hosts).toEqual([
      [10, expect.stringContaining('"sso.apps.harbourline.example"')],
      [1000, expect.stringContaining('"*.apps.harbourline.example"')],
    ]);
    prod.template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '421' } }],
    });
  });

  test('speaks TLS 1.2 and later alone, and sends browsers that come over HTTP there', () => {
    prod.template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Protocol: 'HTTPS',
      SslPolicy: Match.stringLikeRegexp('TLS13-1-2'),
    });
    prod.template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', StatusCode: 'HTTP_301' } }],
    });
  });

  test('asks devices for their certificate where the environment says so, and only there', () => {
    staging.template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      MutualAuthentication: { Mode: 'verify' },
    });
    prod.template.resourceCountIs('AWS::ElasticLoadBalancingV2::TrustStore', 0);
  });

  test('is believed about these certificates where it asks for them, and only there', () => {
    const believed = [staging, prod].map(({ template }) =>
      variablesOf(containerIn(template, 'proxy')).get('SERVER_DEVICE_CERTIFICATES'),
    );
    expect(believed).toEqual(['true', 'false']);
  });

  test('has a firewall in front where the environment says so, and only there', () => {
    prod.template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
    staging.template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 0);
  });

  test('has a certificate that DNS validates, or the one that is given', () => {
    prod.template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: '*.apps.harbourline.example',
      ValidationMethod: 'DNS',
    });
    staging.template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
  });
});

describe.each(['auth', 'proxy'] as const)('the tasks of %s', (service) => {
  const task = propertiesOf(prod.template, 'AWS::ECS::TaskDefinition').find((one) =>
    containerOf(one, service),
  );
  const container = containerOf(task, service);
  const fargate = prod.template.findResources('AWS::ECS::Service');
  const runs = Object.entries(fargate).find(([id]) => id.toLowerCase().includes(service))?.[1]?.[
    'Properties'
  ] as Properties;
  const group = propertiesOf(prod.template, 'AWS::ElasticLoadBalancingV2::TargetGroup', service)[0];

  test('run on ARM64, with a root filesystem that nobody writes to, and without any capability', () => {
    expect(task).toMatchObject({ RuntimePlatform: { CpuArchitecture: 'ARM64' } });
    expect(container).toMatchObject({
      Command: [`/bin/sso-${service}`],
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
      HealthCheck: { Command: ['CMD', '/bin/healthcheck'] },
    });
  });

  test('are replaced one after the other, rolled back by themselves, in two zones at least, without a public address', () => {
    expect(runs).toMatchObject({
      DeploymentConfiguration: {
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
      },
      AvailabilityZoneRebalancing: 'ENABLED',
      NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } },
    });
    expect(JSON.stringify(runs['NetworkConfiguration']).match(/privateSubnet\d/g)).toHaveLength(3);
  });

  test('are as many as CPU and requests ask for', () => {
    const policies = propertiesOf(prod.template, 'AWS::ApplicationAutoScaling::ScalingPolicy', service);
    const kinds = policies.map((policy) => JSON.stringify(policy).match(/ECSService\w+|ALBRequest\w+/)?.[0]);
    expect(kinds.toSorted((one, other) => `${one}`.localeCompare(`${other}`))).toEqual([
      'ALBRequestCountPerTarget',
      'ECSServiceAverageCPUUtilization',
    ]);
  });

  test('are given the time that they take to end: by the load balancer first, then by ECS', () => {
    const variables = variablesOf(container);
    const drain = Number.parseInt(variables.get('SERVER_TIMEOUT_DRAIN') ?? '', 10);
    const shutdown = Number.parseInt(variables.get('SERVER_TIMEOUT_SHUTDOWN') ?? '', 10);
    expect(container?.['StopTimeout']).toBeGreaterThan(drain + shutdown);
    expect(container?.['StopTimeout']).toBeLessThanOrEqual(120);
    const delay = attributesIn(group?.['TargetGroupAttributes']).get('deregistration_delay.timeout_seconds');
    expect(Number(delay)).toBe(shutdown);
    expect(group).toMatchObject({ HealthCheckPath: '/ping', Port: 4180 });
  });

  test('hold no secret in variables, and get each from Secrets Manager', () => {
    const names = [...variablesOf(container).keys()];
    expect(names.filter((name) => /SECRET|PASSWORD|_KEY$|REDIS_URL/.test(name))).toEqual([]);
    const secrets = ((container?.['Secrets'] ?? []) as { Name: string }[]).map(({ Name }) => Name);
    expect(secrets).toEqual(expect.arrayContaining(['SESSION_COOKIE_SECRET']));
  });
});

test('auth alone has the key of access tokens, under the name that the page for operators makes it', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/deploying-on-ecs.md'), 'utf8');
  expect(page).toContain('--name latchkey/prod/access-token-key ');
  const given = JSON.stringify(containerIn(prod.template, 'auth')?.['Secrets']);
  expect(given).toMatch(
    /"Name":"ACCESS_TOKEN_KEY","ValueFrom":[^{}]*\{[^\]]*:secret:latchkey\/prod\/access-token-key"/,
  );
  expect(JSON.stringify(containerIn(prod.template, 'proxy'))).not.toContain('access-token-key');
});

test('auth asks its store where there is one, and is a single task where there is none', () => {
  expect(variablesOf(containerIn(prod.template, 'auth')).get('REDIS_CLUSTER')).toBe('true');
  expect(variablesOf(containerIn(staging.template, 'auth')).has('REDIS_CLUSTER')).toBe(false);
  staging.template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: 1 });
  prod.template.hasResourceProperties('AWS::ElastiCache::ServerlessCache', { Engine: 'valkey' });
});

test('auth goes on answering after SIGTERM for as long as its name is cached', () => {
  prod.template.hasResourceProperties('AWS::ServiceDiscovery::Service', {
    Name: 'auth',
    DnsConfig: { DnsRecords: [{ Type: 'A', TTL: 10 }] },
  });
  expect(variablesOf(containerIn(prod.template, 'auth')).get('SERVER_TIMEOUT_DRAIN')).toBe('10s');
});

test('the proxy asks auth at its name in the network, at the port that browsers do not reach', () => {
  const variables = variablesOf(containerIn(prod.template, 'proxy'));
  expect(variables.get('PROVIDER_URL_INTERNAL')).toBe('http://auth.internal:4181');
  expect(variablesOf(containerIn(prod.template, 'auth')).get('SERVER_INTERNAL_PORT')).toBe('4181');
  prod.template.hasResourceProperties('AWS::ServiceDiscovery::PrivateDnsNamespace', { Name: 'internal' });
});

test('the load balancer is believed, and nobody else: the ranges are those of its subnets', () => {
  const trusted = variablesOf(containerIn(prod.template, 'proxy')).get('SERVER_TRUSTED_PROXIES');
  expect(trusted).toBe('10.30.0.0/24,10.30.1.0/24,10.30.2.0/24');
  const given = variablesOf(containerIn(staging.template, 'auth')).get('SERVER_TRUSTED_PROXIES');
  expect(given).toBe('10.20.0.0/24,10.20.1.0/24');
});

test('each port is reached by those who need it, and by nobody else', () => {
  const within = propertiesOf(prod.template, 'AWS::EC2::SecurityGroupIngress').map(
    ({ FromPort, ToPort, SourceSecurityGroupId, GroupId }) =>
      `${partIn(SourceSecurityGroupId)} -> ${partIn(GroupId)}:${String(FromPort)}-${String(ToPort)}`,
  );
  expect(within.toSorted()).toEqual([
    'Auth -> AuthStore:6379-6380',
    'Balancer -> Auth:4180-4180',
    'Balancer -> Proxy:4180-4180',
    'Proxy -> Auth:4181-4181',
  ]);
  const fromOutside = propertiesOf(prod.template, 'AWS::EC2::SecurityGroup').flatMap(
    ({ GroupDescription, SecurityGroupIngress = [] }) =>
      (SecurityGroupIngress as { CidrIp: string; FromPort: number }[]).map(
        ({ CidrIp, FromPort }) => `${String(GroupDescription).split(':')[0]}: ${CidrIp} at ${FromPort}`,
      ),
  );
  expect(fromOutside).toEqual(['The load balancer: 0.0.0.0/0 at 443', 'The load balancer: 0.0.0.0/0 at 80']);
  const outwards = (description: string) =>
    propertiesOf(prod.template, 'AWS::EC2::SecurityGroup')
      .filter(({ GroupDescription }) => GroupDescription === description)
      .flatMap(({ SecurityGroupEgress }) => SecurityGroupEgress as { CidrIp: string; FromPort: number }[])
      .map(({ CidrIp, FromPort }) => `${CidrIp} from ${FromPort}`);
  expect(outwards('The tasks of auth')).toEqual(['0.0.0.0/0 from 443']);
  expect(outwards('The tasks of proxy')).toEqual([
    '0.0.0.0/0 from 443',
    '10.0.0.0/8 from 0',
    '172.16.0.0/12 from 0',
    '192.168.0.0/16 from 0',
    '100.64.0.0/10 from 0',
  ]);
  const office = JSON.stringify(propertiesOf(staging.template, 'AWS::EC2::SecurityGroup'));
  expect(office).not.toContain('"CidrIp":"0.0.0.0/0","Description":"browsers');
});

test('tasks of the proxy find each other where connectors connect to them, and only there', () => {
  const environment = readEnvironment(join(import.meta.dirname, 'environments/staging.yml'));
  const given = { ...environment.proxy.environment, CONNECTORS_HOST: 'connect.corp.example.com' };
  const proxy = { ...environment.proxy, environment: given };
  const { template } = synthesised((app) => new LatchkeyStack(app, { ...environment, proxy }));
  const variables = variablesOf(containerIn(template, 'proxy'));
  expect(variables.get('CONNECTORS_SIBLINGS')).toBe('proxy.internal:4182');
  expect(variables.get('CONNECTORS_PORT')).toBe('4182');
  template.hasResourceProperties('AWS::ServiceDiscovery::Service', { Name: 'proxy' });
  const among = propertiesOf(template, 'AWS::EC2::SecurityGroupIngress').filter(
    ({ FromPort }) => FromPort === 4182,
  );
  expect(
    among.map(({ SourceSecurityGroupId, GroupId }) => [partIn(SourceSecurityGroupId), partIn(GroupId)]),
  ).toEqual([['Proxy', 'Proxy']]);
  expect(variablesOf(containerIn(staging.template, 'proxy')).has('CONNECTORS_PORT')).toBe(false);
});

test('a task may write its metrics and nothing else; that of the proxy reads the upstream file, and keeps the last good one', () => {
  const metrics = expect.objectContaining({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] });
  expect(allowedTo('Auth')).toEqual([metrics]);
  const [, read, write, ...more] = allowedTo('Proxy');
  expect(more).toEqual([]);
  expect(read?.Action).toBe('s3:GetObject');
  expect(JSON.stringify(read?.Resource).match(/:s3:::[^"]*/g)).toEqual([
    ':s3:::latchkey-prod-111122223333-eu-central-1/last-good/upstreams.yml',
    ':s3:::latchkey-prod-111122223333-eu-central-1/upstreams.yml',
  ]);
  expect(write?.Action).toBe('s3:PutObject');
  expect(JSON.stringify(write?.Resource).match(/:s3:::[^"]*/g)).toEqual([
    ':s3:::latchkey-prod-111122223333-eu-central-1/last-good/upstreams.yml',
  ]);
});

test('the upstream file is in a bucket of its own, with versions, encrypted, for nobody else, over TLS alone', () => {
  const variables = variablesOf(containerIn(prod.template, 'proxy'));
  expect(variables.get('UPSTREAM_CONFIG_URL')).toBe(
    's3://latchkey-prod-111122223333-eu-central-1/upstreams.yml',
  );
  expect(variables.has('UPSTREAM_CONFIG')).toBe(false);
  prod.upstreams.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: {
      BucketName: 'latchkey-prod-111122223333-eu-central-1',
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: Match.anyValue(),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    },
  });
  prod.upstreams.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({
          Effect: 'Deny',
          Action: 's3:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ],
    },
  });
});

test('what is generated are keys that the services take', () => {
  const generated = propertiesOf(prod.template, 'AWS::SecretsManager::Secret').flatMap(
    ({ GenerateSecretString }) => GenerateSecretString ?? [],
  );
  expect(generated).toHaveLength(4);
  for (const how of generated) {
    expect(how).toEqual({ PasswordLength: 64, ExcludePunctuation: true, IncludeSpace: false });
  }
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const secret = Array.from({ length: 64 }, (_, at) => alphabet[(at * 37) % alphabet.length]).join('');
  const generatedOnes = { SESSION_KEY: secret, SESSION_COOKIE_SECRET: secret, CLIENT_PROXY_SECRET: secret };
  const refused = surveyAuthSettings(generatedOnes).errors.map(({ variable }) => variable);
  expect(refused.filter((variable) => variable in generatedOnes)).toEqual([]);
});

describe('an environment with which a task would not start is refused before anything is deployed', () => {
  const environment = readEnvironment(join(import.meta.dirname, 'environments/prod.yml'));
  const network = { balancerRanges: ['10.30.0.0/24'] };
  const { auth, proxy } = environment;
  const withAuth = (variables: Record<string, string>) => ({
    ...environment,
    auth: { ...auth, environment: { ...auth.environment, ...variables } },
  });

  const withRoute = (host: string) => ({ ...environment, upstreamText: routeOf(host) });

  test.each<[string, Environment, string]>([
    [
      'what a service would refuse',
      withAuth({ SESSION_LIFETIME: 'a week' }),
      'auth would not start: SESSION_LIFETIME: got "a week", write a duration above 1m and below 8760h, like 720h',
    ],
    [
      'a secret beside what everybody may read',
      withAuth({ PROVIDER_STAFF_CLIENT_SECRET: 'hunter2' }),
      'auth.environment.PROVIDER_STAFF_CLIENT_SECRET: it would stand in the template; put it into Secrets Manager and its name under auth.secrets',
    ],
    [
      'what follows from the rest',
      withAuth({ SERVER_INTERNAL_PORT: '4181' }),
      'auth: SERVER_INTERNAL_PORT follows from the rest of this file, leave it out',
    ],
    [
      'a secret of which there is one already',
      { ...environment, auth: { ...auth, secrets: { ...auth.secrets, REDIS_URL: 'latchkey/prod/redis' } } },
      'auth: REDIS_URL follows from the rest of this file, leave it out',
    ],
    [
      'what is said twice, for ECS would refuse that',
      { ...environment, proxy: { ...proxy, secrets: { AUDIT_LOG: 'latchkey/prod/audit-log' } } },
      'proxy: AUDIT_LOG stands in environment and in secrets, leave one of them out',
    ],
    [
      'a host in the upstream file that nobody is led to',
      withRoute('wiki.corp.example'),
      '../../environments/upstreams.yml:2:19: wiki.corp.example is neither below apps.harbourline.example nor one of furtherHosts',
    ],
    [
      'one that is in no certificate',
      withRoute('wiki.eu.apps.harbourline.example'),
      'wiki.eu.apps.harbourline.example is not covered by a certificate for apps.harbourline.example; name *.eu.apps.harbourline.example in furtherHosts',
    ],
    [
      'the host of auth as that of an application',
      withRoute('sso.apps.harbourline.example'),
      'sso.apps.harbourline.example is the host of auth, which answers for all of it',
    ],
    [
      'a mistake in the upstream file, by line and column',
      { ...environment, upstreamText: '- service: wiki\n  default: { from: wiki.example.com }\n' },
      '../../environments/upstreams.yml:1:3: missing `to` parameter',
    ],
  ])('%s', (_, wrong, sentence) => {
    expect(() => variablesOfServices(wrong, network)).toThrow(EnvironmentError);
    expect(() => variablesOfServices(wrong, network)).toThrow(sentence);
  });

  const host = 'grafana.apps.harbourline.example';

  test('an upstream file of a proxy beside an application that a task definition has no room for', () => {
    const long = `${environment.upstreamText}# ${'x'.repeat(50_000)}\n`;
    const variables = variablesOfServices(environment, network);
    expect(() => variablesBeside(environment, variables, { host, upstreamText: long })).toThrow(
      'a task definition has room for 49152',
    );
    const text = routeOf(host);
    const beside = variablesBeside(environment, variables, { host, upstreamText: text });
    expect(beside).toMatchObject({ UPSTREAM_CONFIG: text });
    expect(Object.keys(beside)).not.toContain('UPSTREAM_CONFIG_URL');
  });

  test('an application with a proxy beside it at a host that nobody is led to', () => {
    const variables = variablesOfServices(environment, network);
    const at = (elsewhere: string) => () =>
      variablesBeside(environment, variables, { host: elsewhere, upstreamText: routeOf(elsewhere) });
    expect(at('grafana.corp.example')).toThrow(
      'grafana.corp.example is neither below apps.harbourline.example nor one of furtherHosts',
    );
    expect(at('grafana-apps.harbourline.example')).toThrow(EnvironmentError);
    expect(at(host)).not.toThrow();
    expect(() =>
      variablesBeside(environment, variables, { host, upstreamText: routeOf(`wiki.${environment.domain}`) }),
    ).toThrow(`does not lead to this proxy, which stands at ${host} alone`);
  });

  test('and a right one gives both services the same values', () => {
    const variables = variablesOfServices(environment, network);
    expect(variables.auth['CLIENT_PROXY_ID']).toBe(variables.proxy['CLIENT_ID']);
    expect(variables.auth['SESSION_COOKIE_DOMAIN']).toBe(variables.proxy['SESSION_COOKIE_DOMAIN']);
    expect(variables.proxy['PROVIDER_URL_EXTERNAL']).toBe(`https://${variables.auth['SERVER_HOST']}`);
    expect(proxy.environment['SESSION_TTL_LIFETIME']).toBe(auth.environment['SESSION_LIFETIME']);
  });
});

test.each([
  ['prod', prod],
  ['staging', staging],
])(
  'nothing of %s is what AWS calls unwise, but for what has its reason written beside it',
  (_, { assembly }) => {
    expect(violationsIn(assembly)).toEqual([]);
  },
);

test('what AWS calls unwise, and nobody has given a reason for, ends the synthesis', () => {
  const app = checkedApp();
  new Bucket(new Stack(app, 'careless'), 'Bucket');
  expect(() => app.synth()).toThrow('AwsSolutions-S1');
});

test('the page for operators explains every kind of resource, and none that there is not', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/deploying-on-ecs.md'), 'utf8');
  const section = page.split('\n## ').find((text) => text.startsWith('Every resource'));
  const explained = new Set(section?.match(/AWS::\w+::\w+/g));
  const made = new Set([prod, staging].flatMap(({ template }) => typesIn(template)));
  expect([...made].filter((type) => !explained.has(type))).toEqual([]);
  expect([...explained].filter((type) => !made.has(type))).toEqual([]);
});

describe('there is an alarm', () => {
  test.each([
    'BalancerErrors',
    'ProxyErrors',
    'AuthErrors',
    'ProxyTasks',
    'AuthTasks',
    'Introspection',
    'Grace',
    'Mismatch',
    'UpstreamFile',
    'Reload',
    'Directory',
    'DirectoryPauses',
    'Store',
    'AuditLogOfauth',
    'AuditLogOfproxy',
    'AuditLinesOfauth',
    'AuditLinesOfproxy',
    'Lines',
    'Certificate',
  ])('for %s', (name) => {
    const [alarm] = propertiesOf(prod.template, 'AWS::CloudWatch::Alarm', `Alarm${name}`);
    expect(alarm).toMatchObject({
      AlarmActions: [expect.anything()],
      AlarmDescription: expect.stringMatching(/\.$/),
    });
  });

  test('of an audit log only where there is one', () => {
    expect(propertiesOf(staging.template, 'AWS::CloudWatch::Alarm', 'Audit')).toEqual([]);
  });

  test('of what an environment says in a secret as of what it says in the clear', () => {
    const environment = readEnvironment(join(import.meta.dirname, 'environments/staging.yml'));
    const auth = {
      ...environment.auth,
      environment: {
        ...environment.auth.environment,
        AUDIT_LOG: '',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
      },
      secrets: { ...environment.auth.secrets, REDIS_URL: 'latchkey/redis' },
    };
    const proxy = { ...environment.proxy, secrets: { AUDIT_LOG: 'latchkey/audit-log' } };
    const { template } = synthesised((app) => new LatchkeyStack(app, { ...environment, auth, proxy }));
    const alarmed = (id: string) => propertiesOf(template, 'AWS::CloudWatch::Alarm', id).length > 0;
    expect(
      ['AuditLogOfproxy', 'AuditLinesOfproxy', 'AlarmStore', 'SpansOfauth'].filter((id) => !alarmed(id)),
    ).toEqual([]);
    expect(['AuditLogOfauth', 'SpansOfproxy'].filter(alarmed)).toEqual([]);
  });

  test('of every line of a log that has an alarm: by what it says in metrics, or else by the line', () => {
    const marks = new Set(
      sources().flatMap((source) => source.match(/(?<=alarm: ')[^']+(?<! over)(?=')/g) ?? []),
    );
    expect([...marks].toSorted()).toEqual(Object.keys(rungFor).toSorted());
    const filters = propertiesOf(prod.template, 'AWS::Logs::MetricFilter');
    expect(filters).toHaveLength(2);
    for (const [mark, alarm] of Object.entries(rungFor)) {
      expect(propertiesOf(prod.template, 'AWS::CloudWatch::Alarm', `Alarm${alarm}`)).toHaveLength(
        alarm.endsWith('Of') ? 2 : 1,
      );
      for (const { FilterPattern } of filters)
        expect(String(FilterPattern).includes(`$.alarm = "${mark}"`)).toBe(alarm === 'Lines');
    }
  });

  test('where no task is left, although nothing counts any more', () => {
    for (const id of ['AlarmProxyTasks', 'AlarmAuthTasks']) {
      const [alarm] = propertiesOf(prod.template, 'AWS::CloudWatch::Alarm', id);
      expect(alarm).toMatchObject({ TreatMissingData: 'breaching', MetricName: 'HealthyHostCount' });
    }
  });
});

test('every metric that goes to CloudWatch is one of the service that it is read from, with its labels', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/dashboards.md'), 'utf8');
  for (const [service, metrics] of Object.entries<Record<string, readonly string[]>>(metricLabels)) {
    const title = `## ${service === 'auth' ? 'Auth' : 'Proxy'}: Prometheus`;
    const section = page.slice(page.indexOf(title)).split('\n## ')[0] ?? '';
    for (const [metric, labels] of Object.entries(metrics)) {
      const row = section.split('\n').find((line) => line.startsWith(`| \`${metric}\` |`));
      expect([metric, row]).toEqual([metric, expect.stringMatching(/\| (?:counter|gauge) \|/)]);
      for (const label of labels) expect(row).toContain(`\`${label}\``);
    }
  }
});

test('every metric of ours on the dashboard and in an alarm is one that goes there', () => {
  const text = JSON.stringify(prod.template.toJSON());
  const known = Object.values(metricLabels).flatMap((metrics) => Object.keys(metrics));
  const read = new Set(text.match(/latchkey_\w+/g));
  expect([...read].filter((name) => !known.includes(name))).toEqual([]);
  expect(known.filter((name) => !read.has(name))).toEqual([]);
});

/** The code of both services and of all packages. */
function sources(): string[] {
  const root = join(import.meta.dirname, '../..');
  return ['services', 'packages'].flatMap((folder) =>
    readdirSync(join(root, folder)).flatMap((name) =>
      readdirSync(join(root, folder, name, 'src'), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
        .map((path) => readFileSync(join(root, folder, name, 'src', path), 'utf8')),
    ),
  );
}

function routeOf(host: string): string {
  return `- service: a\n  default: {from: ${host}, to: b.test, options: {allowed_groups: [g]}}\n`;
}

/** What the task role of a service is allowed. */
function allowedTo(service: string) {
  return propertiesOf(prod.template, 'AWS::IAM::Policy', `${service}TasksTaskTaskRole`).flatMap(
    ({ PolicyDocument }) =>
      (PolicyDocument as { Statement: { Action: string | string[]; Resource: unknown }[] }).Statement,
  );
}

/** Whose a security group is, by the name that CDK makes of where it stands. */
function partIn(reference: unknown): string | undefined {
  return /Latchkey(AuthStore|Auth|Proxy|Balancer)/.exec(JSON.stringify(reference))?.[1];
}

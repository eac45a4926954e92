import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { EnvironmentError, parseEnvironment } from './environment.ts';

const prod = readFileSync(join(import.meta.dirname, 'environments/prod.yml'), 'utf8');

test('an environment has the name of its file, and defaults for what it does not say', () => {
  expect(parseEnvironment(prod, 'environments/prod.yml')).toMatchObject({
    name: 'prod',
    namespace: 'internal',
    reachableFrom: ['0.0.0.0/0'],
    furtherHosts: [],
    logDays: 365,
  });
});

test.each([
  [/account: .*/, 'account: 111122223333', 'account: write the 12 digits of the account, in quotes'],
  [/region: .*/, 'region: Frankfurt', 'region: write a region like eu-central-1'],
  [
    /version: 1.0.0/,
    'version: latest',
    'image.version: name one version: what latest means changes under a task that is started again',
  ],
  [/domain: .*/, 'domain: https://x', 'domain: write a host in lower case, like apps.example.com'],
  [
    /certificate: .*/,
    'certificate: {}',
    'certificate: write arns of certificates, or a hostedZone with id and name, in which one is validated',
  ],
  [
    /network: .*/,
    'network: { cidr: 10.0.0.0/16, zones: [eu-central-1a], natGateways: 1 }',
    'network.zones: name 2 or more: one zone may fail',
  ],
  [
    /store: true/,
    'store: false',
    'auth.tasks.max: write 1, or store: true: without a store each task of auth knows only the sign-outs it saw itself',
  ],
  [
    /min: 3/,
    'min: 1',
    'proxy.tasks.min: write 2 or more, one for each zone: with one, no application can be reached while it is away',
  ],
  [/max: 12/, 'max: 2', 'proxy.tasks.max: write as many as min, or more'],
  [/cpu: 512/, 'cpu: 500', 'proxy.tasks.cpu: write 256, 512, 1024, 2048 or 4096'],
  [
    /SESSION_LIFETIME: 168h/,
    'SESSION_LIFETIME: 168',
    'auth.environment.SESSION_LIFETIME: write text: put quotes around it',
  ],
  [
    /name: harbourline.example/,
    'name: corp.example',
    'certificate.hostedZone.name: *.apps.harbourline.example does not lie in corp.example, so nothing could be validated for it there; name the zone in which all hosts lie, or arns of certificates that hold them',
  ],
  [
    /^firewall:/m,
    'furtherHosts: [wiki.example.org]\nfirewall:',
    'certificate.hostedZone.name: wiki.example.org does not lie in harbourline.example, so nothing could be validated for it there; name the zone in which all hosts lie, or arns of certificates that hold them',
  ],
  [/firewall: managed/, 'firewall: yes', 'firewall: write managed, or the ARN of a web ACL'],
  [/firewall: managed/, 'fire_wall: managed', 'fire_wall: there is no such setting'],
])('%s as `%s` is refused in words', (found, written, sentence) => {
  expect(problemsOf(prod.replace(found, written))).toEqual([sentence]);
});

test('everything that is wrong is said at once', () => {
  const yaml = prod.replace('store: true', 'store: maybe').replace('max: 12', 'max: many');
  expect(problemsOf(yaml)).toEqual([
    'proxy.tasks.max: write a number of 1 or more',
    'store: write true or false',
  ]);
});

test('what is no YAML is named with its line', () => {
  expect(problemsOf('account: [')).toEqual([expect.stringMatching(/\(2:1\)|\(1:\d+\)/)]);
});

function problemsOf(yaml: string): readonly string[] {
  try {
    parseEnvironment(yaml, 'environments/prod.yml');
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

import { expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { load, placesOf, tableOf } from '../../test-support/load.ts';
import { printTable } from '../print/print.ts';

const written = (option: string, ...more: string[]) =>
  withOptions('allowed_groups: [staff]', `aws_sigv4: ${option}`, ...more);

test.each([
  [
    '{service: vpc-lattice-svcs, region: eu-central-1}',
    { service: 'vpc-lattice-svcs', region: 'eu-central-1' },
  ],
  ['{}', undefined],
  ['{service: "", region: }', undefined],
  ['', undefined],
])('%s is what requests are signed for', (option, expected) => {
  const table = tableOf(written(option));
  expect(table.routes[0]?.awsSigv4).toEqual(expected);
  expect(tableOf(printTable(table)).routes[0]?.awsSigv4).toEqual(expected);
});

test.each([
  ['{service: vpc-lattice-svcs}', [], 'LK620 7:18'],
  ['{region: eu-central-1}', [], 'LK620 7:18'],
  ['{service: "VPC Lattice", region: eu-central-1}', [], 'LK620 7:28'],
  ['{service: lambda, region: eu-central-1}', ["assertion_header: 'Authorization: Bearer'"], 'LK621 7:18'],
  ['{service: lambda, region: eu-central-1}', ['inject_request_headers: {X-Amz-Date: now}'], 'LK621 7:18'],
])('%s with %j is refused', (option, more, place) => {
  expect(placesOf(load(written(option, ...more)))).toEqual([place]);
});

test('a launcher has nothing to sign', () => {
  const launcher = `
defaults: {aws_sigv4: {service: lambda, region: eu-central-1}}
services:
  - service: apps
    default: {from: apps.example.com, type: launcher, options: {allowed_groups: [staff]}}
`;
  expect(placesOf(load(launcher))).toEqual(['LK622 2:23']);
});

const leadingTo = (to: string) => `
services:
  - service: apps
    default:
      from: apps.example.com
      to: ${to}
      options: {allowed_groups: [staff], aws_sigv4: {service: lambda, region: eu-central-1}}
`;

test('without TLS anybody on the way could change what is not signed, which is said', () => {
  expect(placesOf(load(leadingTo('http://apps.internal')))).toEqual(['LK623 7:53']);
  expect(placesOf(load(leadingTo('https://apps.internal')))).toEqual([]);
  expect(placesOf(load(leadingTo('unix:/run/apps.sock')))).toEqual([]);
});

import { describe, expect, test } from '@jest/globals';
import { noDefaultRules, withOptions } from '@latchkey/testing';
import { load, placesOf, routeOf, tableOf } from '../../test-support/load.ts';
import { printTable } from '../print/print.ts';

const issuers = `issuers:
  - {issuer: https://one.example, audiences: [api], groups_claim: roles, leeway: 10s}
  - {issuer: https://two.example, audiences: [api], callers: people, email_domains: [example.com], jwks_file: /k}
services:
`;
const twoIssuers = (...options: string[]) => issuers + withOptions(...options);

describe('what a route says of tokens', () => {
  test('is not there without `bearer: true`', () => {
    expect(routeOf(withOptions('bearer: false')).bearer).toBeUndefined();
    expect(
      placesOf(load(withOptions('bearer: false', 'required_scopes: []', 'pass_bearer_token: false'))),
    ).toEqual([]);
  });

  test.each(['required_scopes', 'allowed_scopes', 'allowed_subjects', 'allowed_clients'])(
    'has no effect without it: %s',
    (option) => {
      expect(placesOf(load(withOptions(`${option}: [a]`)))).toEqual(['LK324 3:11']);
    },
  );

  test('may be the only rule', () => {
    const text = withOptions('bearer: true', 'allowed_scopes: [a]');
    expect(placesOf(load(text, { defaults: noDefaultRules }))).toEqual([]);
    const demandsOnly = withOptions('bearer: true', 'required_scopes: [a]');
    expect(placesOf(load(demandsOnly, { defaults: noDefaultRules }))).toEqual(['LK310 3:11']);
  });

  test.each(['a b', '', 'a"b', 'é', 'a\\b'])('names scopes, and %j is none', (scope) => {
    const text = withOptions('bearer: true', `required_scopes: ['${scope}']`);
    expect(placesOf(load(text))).toEqual(['LK326 7:25']);
  });

  test('names whose name it means where several issuers may give it', () => {
    const text = twoIssuers(
      'bearer: true',
      "allowed_subjects: [a, 'https://one.example#a']",
      'allowed_clients: [b]',
    );
    expect(placesOf(load(text))).toEqual(['LK325 11:26', 'LK325 12:25']);
  });
});

test('issuers and what routes say of tokens are printed as they are read', () => {
  const table = tableOf(
    twoIssuers(
      'bearer: true',
      'pass_bearer_token: true',
      'required_scopes: [a]',
      "allowed_clients: ['https://one.example#a']",
    ),
  );
  const printed = tableOf(printTable(table), { defaults: noDefaultRules });
  expect(printed.root).toEqual(table.root);
  expect(printed.routes[0]?.bearer).toEqual(table.routes[0]?.bearer);
});

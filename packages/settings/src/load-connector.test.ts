import { expect, test } from '@jest/globals';
import { loadConnectorSettings } from './load-connector.ts';
import { sentenceOf } from './problem.ts';

const token = `lk_connector_${'0'.repeat(49)}`;
const usual = {
  CONNECTOR_NAME: 'grafana-prod',
  CONNECTOR_URL: 'https://connect.corp.example.com',
  CONNECTOR_AUTH_URL: 'https://sso.corp.example.com',
  CONNECTOR_TARGETS: 'https://grafana.corp.example.com=localhost:3000',
};

const said = (env: Record<string, string>) => {
  const loaded = loadConnectorSettings({ ...usual, ...env });
  return loaded.ok ? loaded.settings.credential : loaded.errors.map(sentenceOf);
};

test('a connector shows a token, or a role of AWS in a region', () => {
  expect(said({ CONNECTOR_TOKEN: token })).toEqual({ token });
  expect(said({ CONNECTOR_AWS_ROLE: 'true', AWS_REGION: 'eu-central-1' })).toEqual({
    region: 'eu-central-1',
  });
});

test.each([
  [{}, /^CONNECTOR_TOKEN: not set, write the token that .*, or CONNECTOR_AWS_ROLE=true/],
  [{ CONNECTOR_TOKEN: 'lk_connector_short' }, /^CONNECTOR_TOKEN: /],
  [
    { CONNECTOR_TOKEN: token, CONNECTOR_AWS_ROLE: 'true', AWS_REGION: 'eu-central-1' },
    /^CONNECTOR_TOKEN: set together with CONNECTOR_AWS_ROLE/,
  ],
  [{ CONNECTOR_AWS_ROLE: 'true' }, /^AWS_REGION: not set/],
  [{ CONNECTOR_AWS_ROLE: 'true', AWS_REGION: 'evil.example/x' }, /^AWS_REGION: got/],
])('one of both, and nothing else: %j', (env, error) => {
  expect(said(env as Record<string, string>)).toEqual([expect.stringMatching(error)]);
});

// What a tool makes of an environment that is another machine's.
import { expect, test } from '@jest/globals';
import { loadAuthSettings, surveyAuthSettings } from './load-auth.ts';
import { surveyProxySettings } from './load-proxy.ts';
import { minimalAuth, minimalProxy } from '@latchkey/testing/environments';

test('what is right is known beside what is wrong, and only that', () => {
  const { settings, unknown, errors } = surveyProxySettings({
    ...minimalProxy(),
    UPSTREAM_CLUSTER: 'prod',
    SERVER_PORT: 'four',
    SESSION_TTL_VALID: '5m',
  });
  expect(settings).toMatchObject({ upstream: { cluster: 'prod' }, session: { ttl: { validMs: 300_000 } } });
  expect([...unknown]).toEqual(['SERVER_PORT']);
  expect(errors).toEqual([
    { variable: 'SERVER_PORT', code: 'malformed', message: 'got "four", write a number from 1 to 65535' },
  ]);
});

test('under an older name, a variable is unknown by the name of the reference', () => {
  const { unknown, errors } = surveyAuthSettings({
    ...minimalAuth(),
    AUTHORIZE_PROXY_DOMAINS: undefined,
    PROXY_ROOT_DOMAIN: '-',
  });
  expect([...unknown]).toEqual(['AUTHORIZE_PROXY_DOMAINS']);
  expect(errors).toMatchObject([{ variable: 'PROXY_ROOT_DOMAIN' }]);
});

test('a file that a variable names is on the other machine: not read, not missed and not known', () => {
  const { unknown, errors } = surveyProxySettings({
    ...minimalProxy(),
    CLIENT_SECRET: undefined,
    CLIENT_SECRET_FILE: '/run/secrets/client_secret',
  });
  expect([...unknown]).toEqual(['CLIENT_SECRET']);
  expect(errors).toEqual([]);
});

test('of two variables that exclude each other neither is known', () => {
  const { unknown } = surveyAuthSettings({ ...minimalAuth(), AUTHORIZE_EMAIL_ADDRESSES: 'ada@example.com' });
  expect(unknown).toEqual(new Set(['AUTHORIZE_EMAIL_ADDRESSES', 'AUTHORIZE_EMAIL_DOMAINS']));
});

test('stand-ins are in no settings that a service starts with', () => {
  const env = { ...minimalAuth(), SESSION_KEY: undefined };
  expect(surveyAuthSettings(env).settings.session.key).toHaveLength(1);
  expect(loadAuthSettings(env)).toEqual({
    ok: false,
    warnings: [],
    errors: [
      { variable: 'SESSION_KEY', code: 'missing', message: expect.stringMatching(/^not set, write /) },
    ],
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { loadAuthSettings, loadProxySettings } from '@latchkey/settings';
import type { Loaded } from '@latchkey/settings';
import { asSentences } from '@latchkey/testing/as-sentences';
import { filesOf, freshKey, newTokenKey } from '@latchkey/testing/environments';
import { loadUpstreams } from '@latchkey/upstreams';

const folder = new URL('../../deploy/environments/', import.meta.url);

const readFile = filesOf({
  '/run/secrets/client_secret': 'the secret of both which is long enough\n',
  '/run/secrets/session_cookie_secret': `${freshKey()}\n`,
  '/run/secrets/session_key': `${freshKey()}\n`,
  '/run/secrets/access_token_key': newTokenKey(),
  '/run/secrets/provider_client_secret': 'from the provider\n',
});

function readEnvironment(name: string): Record<string, string> {
  const lines = readFileSync(new URL(name, folder), 'utf8').split('\n');
  const settings = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(settings.map((line) => line.split(/=(.*)/, 2)));
}

function settingsOf<T>(one: Loaded<T>): T {
  const loaded = asSentences(one);
  expect(loaded.warnings).toEqual([]);
  if (!loaded.ok) throw new Error(loaded.errors.join('\n'));
  return loaded.settings;
}

describe.each(['staging', 'prod'])('the example environment %s', (name) => {
  const proxyEnvironment = readEnvironment(`proxy.${name}.env`);
  const authEnvironment = readEnvironment(`auth.${name}.env`);
  const loadProxy = () => settingsOf(loadProxySettings(proxyEnvironment, { readFile }));
  const loadAuth = () => settingsOf(loadAuthSettings(authEnvironment, { readFile }));

  test('starts the proxy without a warning, for its own section of the upstream file', () => {
    expect(loadProxy().upstream.cluster).toBe(name);
  });

  test('starts auth without a warning, with the provider that the proxy sends people to', () => {
    const slugs = loadAuth().providers.map(({ slug }) => slug);
    expect(slugs).toContain(loadProxy().upstream.defaults.provider);
  });

  test('gives both services the same client and the same cookie', () => {
    const [proxy, auth] = [loadProxy(), loadAuth()];
    expect(auth.client).toEqual(proxy.client);
    expect(auth.session.cookie).toEqual(proxy.session.cookie);
    expect(proxy.provider.externalUrl.host).toBe(auth.server.host);
    expect(auth.session.lifetimeMs).toBe(proxy.session.ttl.lifetimeMs);
  });

  test('holds no secret', () => {
    const names = [...Object.keys(proxyEnvironment), ...Object.keys(authEnvironment)];
    expect(names.filter((name) => /SECRET|_KEY/.test(name) && !name.endsWith('_FILE'))).toEqual([]);
  });

  test('has a host for every application, all of which the session cookie reaches', () => {
    const { upstream, session } = loadProxy();
    const text = readFileSync(new URL('upstreams.yml', folder), 'utf8');
    const { table, diagnostics } = loadUpstreams({ ...upstream, file: 'upstreams.yml', text });
    expect(diagnostics).toEqual([]);

    const domain = session.cookie.domain;
    const hosts = ['wiki', 'timetable', 'bookings', 'refunds', 'metrics', 'north-board', 'vault'];
    const services = hosts.map((host) => table?.match(`${host}.${domain}`, undefined)?.route.service);
    expect(services).toEqual(['wiki', 'timetable', 'bookings', 'bookings', 'metrics', 'boards', 'vault']);
  });
});

test('the example environments are all named here', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.env'));
  expect(names.toSorted()).toEqual([
    'auth.prod.env',
    'auth.staging.env',
    'proxy.prod.env',
    'proxy.staging.env',
  ]);
});

import { createPrivateKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { accountOfToken, hashOfToken } from '@latchkey/access';
import { loadAuthSettings, loadProxySettings } from '@latchkey/settings';
import { minimalAuth, minimalProxy } from '@latchkey/testing/environments';
import { latchkey } from '@latchkey/testing/latchkey';

async function make(kind: string): Promise<string> {
  const { code, stdout } = await latchkey({}, ['keys', kind]);
  expect(code).toBe(0);
  return stdout;
}

describe('keys', () => {
  test.each(['session', 'grant', 'client', 'assertion', 'access-token', 'signing'])(
    'makes another %s each time, and names its variable on stderr',
    async (kind) => {
      const [one, two] = [await latchkey({}, ['keys', kind]), await latchkey({}, ['keys', kind])];
      expect(one.stdout).not.toBe(two.stdout);
      expect(one.stderr).toMatch(/[A-Z]+_KEY|SECRET|private key/);
      expect(one.stderr).not.toContain(one.stdout.trim());
    },
  );

  test('the settings of both services take what it makes', async () => {
    const SESSION_COOKIE_SECRET = (await make('session')).trim();
    const client = (await make('client')).trim();
    const proxy = loadProxySettings({ ...minimalProxy(), SESSION_COOKIE_SECRET, CLIENT_SECRET: client });
    const auth = loadAuthSettings({
      ...minimalAuth(),
      SESSION_COOKIE_SECRET,
      SESSION_KEY: (await make('grant')).trim(),
      CLIENT_PROXY_SECRET: client,
    });
    expect([proxy.ok, auth.ok]).toEqual([true, true]);
    expect(client).toMatch(/^[\w-]{43}$/);
  });

  test.each([
    ['assertion', { asymmetricKeyType: 'ec', asymmetricKeyDetails: { namedCurve: 'prime256v1' } }],
    ['signing', { asymmetricKeyType: 'rsa', asymmetricKeyDetails: { modulusLength: 2048 } }],
  ])('%s is a PKCS#8 PEM', async (kind, expected) => {
    const pem = await make(kind);
    expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(createPrivateKey(pem)).toMatchObject(expected);
  });
});

describe('keys service-token', () => {
  test('prints the token alone on stdout, and its hash as the upstream file wants it on stderr', async () => {
    const { code, stdout, stderr } = await latchkey({}, ['keys', 'service-token', 'deploy-bot']);
    const token = stdout.trim();
    expect(code).toBe(0);
    expect(token).toMatch(/^lk_deploy-bot_[0-9A-Za-z]{49}$/);
    expect(accountOfToken(token)).toBe('deploy-bot');
    expect(stderr).toContain(
      `  - name: deploy-bot\n    secret_hashes:\n      - hash: ${hashOfToken(token)}\n`,
    );
    expect(stderr).not.toContain(token);
  });

  test.each(['', 'Deploy', 'deploy_bot', '-deploy', 'a'.repeat(64)])('refuses the name %j', async (name) => {
    const { code, stdout, stderr } = await latchkey({}, ['keys', 'service-token', '--', name]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('cannot be called');
  });
});

test('schema prints what an editor reads', async () => {
  const { code, stdout } = await latchkey({}, ['schema']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toHaveProperty('$schema');
});

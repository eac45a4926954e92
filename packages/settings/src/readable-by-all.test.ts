import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadAuthSettings } from './load-auth.ts';
import { loadProxySettings, surveyProxySettings } from './load-proxy.ts';
import { isReadableByAll } from './readable-by-all.ts';
import { asSentences } from '@latchkey/testing/as-sentences';
import { freshKey, minimalAuth, minimalProxy } from '@latchkey/testing/environments';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-settings-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(mode: number, text = freshKey()): string {
  const path = join(folder, 'secret');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const proxyWith = (changes: Record<string, string | undefined>) => ({ ...minimalProxy(), ...changes });

describe('a secret in a file that every user may read', () => {
  test.each([
    ['SESSION_COOKIE_SECRET', freshKey()],
    ['CLIENT_SECRET', 'a secret of the client that is long enough'],
    ['SSO_CONFIG_WIKI_SIGNING_KEY', 'sha256:hunter2'],
  ])('is a warning of the proxy, and it starts: %s', (name, text) => {
    const path = write(0o644, text);
    const loaded = asSentences(loadProxySettings(proxyWith({ [name]: undefined, [`${name}_FILE`]: path })));
    expect(loaded).toMatchObject({
      ok: true,
      warnings: expect.arrayContaining([
        `${name}_FILE: the file it names may be read by every user of this machine: run \`chmod 600\` on it`,
      ]),
    });
  });

  test.each(['SESSION_KEY', 'PROVIDER_GOOGLE_CLIENT_SECRET', 'CLIENT_PROXY_SECRET'])(
    'is a warning of auth, and it starts: %s',
    (name) => {
      const path = write(0o604);
      const loaded = loadAuthSettings({ ...minimalAuth(), [name]: undefined, [`${name}_FILE`]: path });
      expect(loaded).toMatchObject({
        ok: true,
        warnings: expect.arrayContaining([
          expect.objectContaining({ variable: `${name}_FILE`, code: 'readable_by_all' }),
        ]),
      });
    },
  );

  test('is a warning of auth for the service account with which it asks Google', () => {
    const loaded = loadAuthSettings({
      ...minimalAuth(),
      PROVIDER_GOOGLE_GOOGLE_CREDENTIALS: write(0o644),
      PROVIDER_GOOGLE_GOOGLE_IMPERSONATE: 'admin@example.com',
    });
    expect(loaded.warnings).toContainEqual(
      expect.objectContaining({ variable: 'PROVIDER_GOOGLE_GOOGLE_CREDENTIALS', code: 'readable_by_all' }),
    );
  });

  test('is none where others may not read it', () => {
    for (const mode of [0o600, 0o640, 0o400, 0o440]) {
      const env = proxyWith({ SESSION_COOKIE_SECRET: undefined, SESSION_COOKIE_SECRET_FILE: write(mode) });
      expect(JSON.stringify(loadProxySettings(env).warnings)).not.toContain('SESSION_COOKIE_SECRET_FILE');
    }
  });

  test('is not looked for where the environment is of another machine', () => {
    const env = proxyWith({ SESSION_COOKIE_SECRET: undefined, SESSION_COOKIE_SECRET_FILE: write(0o644) });
    expect(JSON.stringify(surveyProxySettings(env).warnings)).not.toContain('SESSION_COOKIE_SECRET_FILE');
  });
});

const at = (path: string) => isReadableByAll('/any', () => ({ path, mode: 0o100444 }));

describe('whether every user may read a file', () => {
  test('is that of the file at the end of a link', () => {
    const link = join(folder, 'link');
    symlinkSync(write(0o644), link);
    expect(isReadableByAll(link)).toBe(true);
    write(0o600);
    expect(isReadableByAll(link)).toBe(false);
  });

  test('is no for what a container is given as a secret, and yes for what only sounds like it', () => {
    expect(at('/run/secrets/session_key')).toBe(false);
    expect(at('/run/secrets-of-mine/session_key')).toBe(true);
    expect(at('/srv/run/secrets/session_key')).toBe(true);
  });

  test('is no for what is not there: that is said by the one who reads it', () => {
    expect(isReadableByAll(join(folder, 'none'))).toBe(false);
  });
});

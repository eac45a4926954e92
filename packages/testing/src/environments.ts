import { sentenceOf } from '@latchkey/settings';
import type { Loaded } from '@latchkey/settings';
import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** A fresh key in the form that the variables want. */
export function freshKey(bytes = 32): string {
  return randomBytes(bytes).toString('base64');
}

/** A key as `ACCESS_TOKEN_KEY` has it. */
export function newTokenKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The least that the proxy starts with. */
export function minimalProxy(): Record<string, string> {
  return {
    PROVIDER_URL_EXTERNAL: 'https://sso.corp.example.com',
    CLIENT_ID: 'proxy-1',
    CLIENT_SECRET: 'the secret of both which is long enough',
    SESSION_COOKIE_SECRET: freshKey(),
  };
}

/** The least that auth starts with. */
export function minimalAuth(): Record<string, string> {
  return {
    SERVER_HOST: 'sso.corp.example.com',
    SESSION_KEY: freshKey(),
    SESSION_COOKIE_SECRET: freshKey(),
    CLIENT_PROXY_ID: 'proxy-1',
    CLIENT_PROXY_SECRET: 'the secret of both which is long enough',
    AUTHORIZE_PROXY_DOMAINS: 'corp.example.com',
    AUTHORIZE_EMAIL_DOMAINS: 'example.com',
    PROVIDER_GOOGLE_TYPE: 'google',
    PROVIDER_GOOGLE_SLUG: 'google',
    PROVIDER_GOOGLE_CLIENT_ID: 'google-client',
    PROVIDER_GOOGLE_CLIENT_SECRET: 'google-secret',
  };
}

/** The settings with which a service starts; where it does not, all that it says about it. */
export function startUp<Settings>(loaded: Loaded<Settings>): Settings {
  if (!loaded.ok) throw new Error(loaded.errors.map(sentenceOf).join('\n'));
  return loaded.settings;
}

/** A reader of made-up files, by their paths. */
export function filesOf(files: Record<string, string>): (path: string) => string {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return text;
  };
}

import { deriveKeys, sealSession, sessionCookie } from '@latchkey/session';
import { loadProxySettings } from '@latchkey/settings';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { startUp } from '../fixtures/environments.ts';
import { freePort } from '../fixtures/ports.ts';
import { startServer } from './processes.ts';
import type { Listening } from './processes.ts';

const root = join(import.meta.dirname, '../..');
const domain = 'bench.example';

/** An installation: the application, what stands for auth, and the secrets that all gates share. */
export type Installation = {
  readonly dir: string;
  readonly originPort: number;
  readonly authPort: number;
  readonly secrets: Readonly<Record<string, string>>;
};

/** The hosts of the gate: everything of the one is public, the other wants a session. */
export const hosts = { open: `open.${domain}`, app: `app.${domain}` } as const;

/** Secrets of one installation. */
export function newSecrets(): Installation['secrets'] {
  return {
    CLIENT_SECRET: randomBytes(24).toString('hex'),
    SESSION_COOKIE_SECRET: randomBytes(32).toString('base64'),
  };
}

/** Starts the built gate as the image starts it, with its access log in a file. */
export async function startLatchkey(name: string, installation: Installation): Promise<Listening> {
  const port = await freePort();
  const command = [process.execPath, ...imageFlags(), '--', join(root, 'services/proxy/dist/main.js')];
  return startServer('server', command, {
    port,
    output: join(installation.dir, name),
    env: environment(installation, port),
  });
}

/** What the image gives Node, so that both run with the same. */
function imageFlags(): string[] {
  const start = readFileSync(join(root, 'deploy/images/bin/sso-proxy'), 'utf8');
  const flags = /^exec \S+\/node (?<flags>.*)-- /m.exec(start)?.groups?.['flags'];
  if (flags === undefined)
    throw new Error('deploy/images/bin/sso-proxy starts Node in a way that the bench does not know');
  return flags.split(' ').filter((flag) => flag !== '');
}

function environment({ originPort, authPort, secrets }: Installation, port: number): Record<string, string> {
  const to = `http://127.0.0.1:${originPort}`;
  return {
    ...secrets,
    SERVER_PORT: port.toString(),
    SERVER_ADDRESS: '127.0.0.1',
    PROVIDER_URL_EXTERNAL: `http://sso.${domain}`,
    PROVIDER_URL_INTERNAL: `http://127.0.0.1:${authPort}`,
    CLIENT_ID: 'proxy',
    SESSION_COOKIE_DOMAIN: domain,
    SESSION_COOKIE_SECURE: 'false',
    UPSTREAM_CONFIG: `
- service: open
  default:
    from: ${hosts.open}
    to: ${to}
    options: { allowed_email_domains: ['*'], skip_auth_regex: ['^/'] }
- service: app
  default:
    from: ${hosts.app}
    to: ${to}
    options: { allowed_groups: [team@${domain}] }
`,
  };
}

/** The `Cookie` headers of so many people, as their browsers send them once they have been here. */
export async function signedIn(count: number, installation: Installation, port: number): Promise<string[]> {
  const { session } = startUp(loadProxySettings(environment(installation, port)));
  const { name, secure, secrets } = session.cookie;
  const cookie = sessionCookie(name, { secure, domain }, deriveKeys(secrets, 'session'));
  const now = Math.floor(Date.now() / 1000);
  return Promise.all(
    Array.from({ length: count }, async function signIn(_, at) {
      const person = {
        sub: `person-${at}`,
        user: `person${at}`,
        email: `person${at}@${domain}`,
        idp: 'google',
      };
      const times = { iat: now, auth_time: now, exp: now + 86_400 };
      const value = await sealSession({ sid: `session-${at}`, aud: domain, ...person, ...times }, cookie);
      return remembered(`${cookie.name}=${value}`, port);
    }),
  );
}

/** A browser sends back what it was given with the first answer. */
async function remembered(cookie: string, port: number): Promise<string> {
  const { statusCode, headers, body } = await request(`http://127.0.0.1:${port}/1k`, {
    headers: { host: hosts.app, cookie },
  });
  await body.dump();
  if (statusCode !== 200) throw new Error(`a session of the bench is answered with ${statusCode}`);
  const given = [headers['set-cookie'] ?? []].flat().map((value) => value.split(';')[0] ?? '');
  return [cookie, ...given].join('; ');
}

import { startDevIdp } from '@latchkey/dev-idp';
import { Browser } from '@latchkey/testing/browser';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '@latchkey/testing/programs';
import { freePort } from '@latchkey/testing/ports';
import { pressAccount } from '../fixtures/sign-in.ts';
import type { Installation } from './installation.ts';
import { startServer } from './processes.ts';
import type { Listening } from './processes.ts';

const modules = '/usr/lib/apache2/modules';
const openIdConnect = `${modules}/mod_auth_openidc.so`;
const apache = findProgram('apache2', 'httpd');
const longSeconds = 86_400;

/** Apache with a session of somebody. */
export type OpenApache = {
  readonly listening: Listening;
  readonly headers: Readonly<Record<string, string>>;
};

/**
 * Starts an Apache whose mod_auth_openidc keeps the session in a cookie, and signs somebody in at a provider that is there for
 * that moment.
 *
 * @returns undefined where either is not installed
 */
export async function startApache({
  dir,
  originPort,
  secrets,
}: Installation): Promise<OpenApache | undefined> {
  if (apache === undefined || !existsSync(openIdConnect)) return undefined;
  const port = await freePort();
  const host = `app.localhost:${port}`;
  const client = { clientId: 'bench', clientSecret: secrets.CLIENT_SECRET };
  const redirectUri = `http://${host}/openid/callback`;
  const provider = await startDevIdp({
    port: await freePort(),
    clients: [{ ...client, redirectUris: [redirectUri] }],
  });
  try {
    const home = join(dir, 'apache');
    mkdirSync(home);
    const file = join(home, 'apache2.conf');
    writeFileSync(
      file,
      `${server(home, port)}
OIDCProviderMetadataURL ${provider.issuer}/.well-known/openid-configuration
OIDCProviderTokenEndpointAuth client_secret_post
OIDCClientID ${client.clientId}
OIDCClientSecret ${client.clientSecret}
OIDCRedirectURI ${redirectUri}
OIDCPKCEMethod S256
OIDCScope "openid email"
OIDCCryptoPassphrase ${secrets.BENCH_PASSWORD}
OIDCSessionType client-cookie
OIDCSessionInactivityTimeout ${longSeconds}
OIDCSessionMaxDuration ${longSeconds}
<Location />
  AuthType openid-connect
  Require valid-user
  ProxyPass http://127.0.0.1:${originPort}/ keepalive=On
</Location>
`,
    );
    // -X: one process, whose time and memory are those of the server.
    const command = [apache, '-X', '-d', home, '-f', file];
    const listening = await startServer('server', command, { port, output: join(dir, 'apache.log') });
    const browser = new Browser();
    await pressAccount(browser, await browser.visit(`http://${host}/1k`), 'engineer@example.com');
    const cookie = await browser.jar.getCookieString(`http://${host}/`);
    return { listening, headers: { Host: host, Cookie: cookie } };
  } finally {
    await provider.close();
  }
}

// As many threads as connections are measured with, kept open like everybody's.
function server(home: string, port: number): string {
  const needed = [
    'mpm_event',
    'authz_core',
    'authn_core',
    'authz_user',
    'proxy',
    'proxy_http',
    'auth_openidc',
  ];
  return `ServerName localhost
Listen 127.0.0.1:${port}
DefaultRuntimeDir ${home}
PidFile ${home}/apache2.pid
ErrorLog /dev/stderr
LogLevel warn
User nobody
Group nogroup
${needed.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
StartServers 1
ThreadLimit 128
ServerLimit 1
ThreadsPerChild 128
MaxRequestWorkers 128
MaxKeepAliveRequests 0
KeepAliveTimeout 600
LogFormat "%h %u %t \\"%r\\" %>s %b" short
CustomLog /dev/stdout short`;
}

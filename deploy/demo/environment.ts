import { hashOfToken, makeServiceToken } from '@latchkey/access';
import type { DevClient, DevIdp } from '@latchkey/dev-idp';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ownEndpoints } from '@latchkey/contract';
import type { Trust } from './apps/assertion.ts';
import type { DemoApps } from './apps/start.ts';
import { UserError } from './user-error.ts';
import type { DemoPorts } from './ports.ts';

export type Environment = Record<string, string>;

const domain = 'latchkey.localhost';
const otherDomain = 'elsewhere.localhost';
const connectorsHost = `connect.${domain}`;
const authHost = (ports: DemoPorts): string => `sso.${domain}:${ports.auth}`;
const freshSecret = (): string => randomBytes(32).toString('base64');
const freshKeyPair = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

/** Where the browser finds an application. */
export function appAddress(
  app: 'hello' | 'wiki' | 'vault' | 'intranet' | 'apps' | 'partners' | 'api',
  ports: DemoPorts,
): string {
  return `http://${app}.${app === 'partners' ? otherDomain : domain}:${ports.proxy}/`;
}

/** Whose assertions the applications believe. They ask auth for its keys at 127.0.0.1, as the proxy does. */
export function trustOfApps(ports: DemoPorts): Trust {
  return {
    jwks: new URL(`http://127.0.0.1:${ports.auth}${ownEndpoints.jwks.path}`),
    issuer: `http://${authHost(ports)}`,
    audiences: (['hello', 'partners', 'api'] as const)
      .map((app) => appAddress(app, ports))
      .map((url) => new URL(url).origin),
  };
}

/** What auth is at the identity provider, with a secret made for this run. */
export function authAtTheProvider(ports: DemoPorts): DevClient {
  return {
    clientId: 'latchkey-demo',
    clientSecret: freshSecret(),
    redirectUris: [`http://${authHost(ports)}/google/callback`],
  };
}

/**
 * The environment of both services and of the connector: what an operator would write, for one machine and without TLS; and the
 * token of a service account, which is good for this run. Names under
 * `.localhost` are for browsers; the services call each other at 127.0.0.1, since Node does not resolve them everywhere.
 * @param kind `LATCHKEY_DEMO_PROVIDER`: which of auth's provider types signs in at the dev provider
 */
export function serviceEnvironments(
  ports: DemoPorts,
  apps: DemoApps,
  idp: DevIdp,
  client: DevClient,
  kind = 'google',
): { auth: Environment; proxy: Environment; connector: Environment; botToken: string } {
  const assertionKey = freshKeyPair();
  const proxyClient = { id: 'latchkey-proxy', secret: freshSecret() };
  const everywhere = { PATH: process.env['PATH'] ?? '', LOGGING_LEVEL: 'info' };
  const shared = {
    ...everywhere,
    // Accounts without passwords are for this machine only.
    SERVER_ADDRESS: '127.0.0.1',
    // A browser that shows the clock never lets go by itself.
    SERVER_TIMEOUT_SHUTDOWN: '2s',
    SESSION_COOKIE_SECRET: freshSecret(),
    SESSION_COOKIE_DOMAIN: domain,
    SESSION_COOKIE_SECURE: 'false',
  };
  const botToken = makeServiceToken('demo-bot');
  const connectorToken = makeServiceToken('intranet-connector');
  return {
    botToken,
    auth: {
      ...shared,
      SERVER_HOST: authHost(ports),
      SERVER_SCHEME: 'http',
      SERVER_PORT: String(ports.auth),
      SESSION_KEY: freshSecret(),
      CLIENT_PROXY_ID: proxyClient.id,
      CLIENT_PROXY_SECRET: proxyClient.secret,
      AUTHORIZE_EMAIL_DOMAINS: 'example.com',
      AUTHORIZE_PROXY_DOMAINS: `${domain},${otherDomain}`,
      PROVIDER_DEV_SLUG: 'google',
      PROVIDER_DEV_NAME: 'the demo provider',
      PROVIDER_DEV_CLIENT_ID: client.clientId,
      PROVIDER_DEV_CLIENT_SECRET: client.clientSecret,
      // It only publishes it, so the public key is enough.
      ASSERTION_KEY: assertionKey.publicKey,
      ACCESS_TOKEN_KEY: freshKeyPair().privateKey,
      ...providerOf(kind, idp),
    },
    proxy: {
      ...shared,
      SERVER_PORT: String(ports.proxy),
      PROVIDER_URL_EXTERNAL: `http://${authHost(ports)}`,
      PROVIDER_URL_INTERNAL: `http://127.0.0.1:${ports.auth}`,
      CLIENT_ID: proxyClient.id,
      CLIENT_SECRET: proxyClient.secret,
      ASSERTION_KEY: assertionKey.privateKey,
      UPSTREAM_CONFIGFILE: join(import.meta.dirname, 'upstreams.yml'),
      UPSTREAM_CLUSTER: 'demo',
      UPSTREAM_SCHEME: 'http',
      UPSTREAM_DEFAULT_PROVIDER: 'google',
      CONNECTORS_HOST: connectorsHost,
      SSO_CONFIG_BOT_TOKEN_HASH: hashOfToken(botToken),
      SSO_CONFIG_CONNECTOR_TOKEN_HASH: hashOfToken(connectorToken),
      SSO_CONFIG_HELLO_PORT: String(apps.hello.port),
      SSO_CONFIG_WIKI_PORT: String(apps.wiki.port),
      SSO_CONFIG_VAULT_PORT: String(apps.vault.port),
      SSO_CONFIG_INTRANET_SOCKET: apps.intranet.socket,
    },
    connector: {
      ...everywhere,
      CONNECTOR_NAME: 'intranet',
      CONNECTOR_URL: `http://${connectorsHost}:${ports.proxy}`,
      CONNECTOR_TOKEN: connectorToken,
      CONNECTOR_TARGETS: `${new URL(appAddress('intranet', ports)).origin}=unix:${apps.intranet.socket}`,
      CONNECTOR_AUTH_URL: `http://${authHost(ports)}`,
      CONNECTOR_AUTH_URL_INTERNAL: `http://127.0.0.1:${ports.auth}`,
    },
  };
}

function providerOf(kind: string, { issuer, endpoints }: DevIdp): Environment {
  switch (kind) {
    case 'google':
      return {
        PROVIDER_DEV_TYPE: 'google',
        PROVIDER_DEV_GOOGLE_AUTHORIZATION_URL: endpoints.authorization,
        PROVIDER_DEV_GOOGLE_TOKEN_URL: endpoints.token,
        PROVIDER_DEV_GOOGLE_USERINFO_URL: endpoints.userinfo,
        PROVIDER_DEV_GOOGLE_REVOCATION_URL: endpoints.revocation,
      };
    case 'oidc':
      return { PROVIDER_DEV_TYPE: 'oidc', PROVIDER_DEV_OIDC_ISSUER: issuer };
    default:
      throw new UserError(`LATCHKEY_DEMO_PROVIDER is "${kind}"; write google or oidc.`);
  }
}

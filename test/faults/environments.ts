import { newTokenKey } from '@latchkey/testing/environments';
import { randomBytes } from 'node:crypto';
import { connectorAccess, connectorsHost } from '../fixtures/connector.ts';
import { databases, intranet, upstreams } from './people.ts';

/** Milliseconds for which the proxy goes by what auth has said last. */
export const validMs = 1_000;
// Refreshes are due within each fault.
const accessTokenSeconds = 4;

/** The host of auth. */
export const authHost = 'sso.latchkey.localhost';

/** The slug of the provider. */
export const slug = 'corp';

const secret = () => randomBytes(32).toString('base64');

type Ports = Record<
  'front' | 'auth' | 'toAuth' | 'toRedis' | 'toProvider' | 'toProxy' | 'applicationPort' | 'databasePort',
  number
>;

/** The environments of all that is ours, with secrets made for this run. */
export function environments(ports: Ports) {
  const { front, auth, toAuth, toRedis, toProvider, toProxy, applicationPort, databasePort } = ports;
  const { token, lines } = connectorAccess();
  const [clientSecret, providerSecret] = [secret(), secret()];
  const assertionKey = newTokenKey();
  const shared = {
    SERVER_ADDRESS: '127.0.0.1',
    SERVER_TRUSTED_PROXIES: '127.0.0.1',
    SERVER_TIMEOUT_DRAIN: '5s',
    SESSION_COOKIE_SECRET: secret(),
    SESSION_COOKIE_DOMAIN: 'latchkey.localhost',
    SESSION_COOKIE_SECURE: 'false',
    LOGGING_ENABLE: 'false',
  };
  const callback = `http://${authHost}:${front}/${slug}/callback`;
  const issuer = `http://127.0.0.1:${toProvider}`;
  return {
    provider: {
      ISSUER: issuer,
      CALLBACK: callback,
      CLIENT_SECRET: providerSecret,
      ACCESS_TOKEN_SECONDS: String(accessTokenSeconds),
    },
    auth: {
      ...shared,
      SERVER_HOST: `${authHost}:${front}`,
      SERVER_SCHEME: 'http',
      SESSION_KEY: secret(),
      CLIENT_PROXY_ID: 'proxy',
      CLIENT_PROXY_SECRET: clientSecret,
      AUTHORIZE_EMAIL_DOMAINS: 'example.com',
      AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.localhost',
      ASSERTION_KEY: assertionKey,
      ACCESS_TOKEN_KEY: newTokenKey(),
      REDIS_URL: `redis://127.0.0.1:${toRedis}`,
      PROVIDER_CORP_TYPE: 'oidc',
      PROVIDER_CORP_SLUG: slug,
      PROVIDER_CORP_CLIENT_ID: 'latchkey',
      PROVIDER_CORP_CLIENT_SECRET: providerSecret,
      PROVIDER_CORP_OIDC_ISSUER: issuer,
    },
    proxy: {
      ...shared,
      SERVER_PUBLIC_PORTS: String(front),
      PROVIDER_URL_EXTERNAL: `http://${authHost}:${front}`,
      PROVIDER_URL_INTERNAL: `http://127.0.0.1:${toAuth}`,
      CLIENT_ID: 'proxy',
      CLIENT_SECRET: clientSecret,
      SESSION_TTL_VALID: `${validMs}ms`,
      ASSERTION_KEY: assertionKey,
      UPSTREAM_CONFIG: upstreams(ports, lines),
      UPSTREAM_SCHEME: 'http',
      UPSTREAM_DEFAULT_PROVIDER: slug,
      CONNECTORS_HOST: connectorsHost,
    },
    connector: {
      CONNECTOR_NAME: 'beside',
      CONNECTOR_URL: `http://${connectorsHost}:${toProxy}`,
      CONNECTOR_TOKEN: token,
      CONNECTOR_TARGETS: [
        `http://${intranet}:${front}=127.0.0.1:${applicationPort}`,
        `http://${databases.private}:${front}=tcp://127.0.0.1:${databasePort}`,
      ].join(),
      CONNECTOR_AUTH_URL: `http://${authHost}:${front}`,
      CONNECTOR_AUTH_URL_INTERNAL: `http://127.0.0.1:${auth}`,
    },
  };
}

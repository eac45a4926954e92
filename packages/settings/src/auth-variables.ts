import { auditVariables } from './audit.ts';
import { domainList, emailAddressList, emailDomainList, host } from './address.ts';
import { duration, sessionLifetime } from './duration.ts';
import { headerSecretList, keyList, sharedSecretList } from './secret.ts';
import {
  cookieVariables,
  observabilityVariables,
  outgoingVariables,
  serverVariables,
  tracingVariables,
} from './shared-variables.ts';
import { storeAddress } from './store-address.ts';
import { boolean, port, scheme, text } from './value-types.ts';
import type { Table } from './variable.ts';

/** Every variable of auth, except those of its providers. */
export const authVariables = {
  SERVER_HOST: {
    type: host,
    required: true,
    meaning:
      'The host under which browsers reach auth, with the port if it is not the default one. The callback address is made from it.',
    aliases: ['HOST'],
  },
  SERVER_SCHEME: {
    type: scheme,
    default: 'https',
    meaning: 'The scheme under which browsers reach auth.',
  },
  ...serverVariables,
  SERVER_INTERNAL_PORT: {
    type: port,
    meaning:
      'A separate port for the endpoints that only the proxy uses (/oauth2/introspect, /oauth2/token, /oauth2/handshake). If it is set, these endpoints are on this port only. With ADMIN_SECRET, /admin is on this port, too. Nothing else is. Let only the proxy and your operators reach it, and write it into PROVIDER_URL_INTERNAL of the proxy. Unset: these endpoints are on SERVER_PORT.',
  },
  SERVER_TIMEOUT_REQUEST: {
    type: duration,
    default: '45s',
    meaning: 'How long auth works on one request before it gives up.',
    aliases: ['REQUEST_TIMEOUT'],
  },
  SERVER_TIMEOUT_SHUTDOWN: {
    type: duration,
    default: '46s',
    meaning:
      'How long running requests may take to finish after the signal to stop. ECS itself stops a task after 30s, unless stopTimeout is longer.',
  },

  SESSION_KEY: {
    type: keyList,
    required: true,
    secret: true,
    meaning:
      'The key that encrypts data that only auth may read, such as the refresh token of the provider. If there are several, the first encrypts, and all decrypt.',
    aliases: ['AUTH_CODE_SECRET'],
  },
  SESSION_LIFETIME: {
    type: sessionLifetime,
    default: '720h',
    meaning: 'After this time a person signs in with the provider again.',
    aliases: ['SESSION_LIFETIME_TTL'],
  },
  SESSION_TTL_VALID: {
    type: duration,
    default: '60s',
    meaning:
      'How long auth relies on the last confirmation of a session by the provider before it asks the provider again, if the provider can be asked. Write the same value in both services.',
    aliases: ['SESSION_VALID_TTL'],
  },
  ...cookieVariables,
  SESSION_COOKIE_REFRESH: {
    type: text,
    meaning: 'Kept for old environments: BuzzFeed SSO documents it and never read it.',
    effect: 'none',
  },

  CLIENT_PROXY_ID: {
    type: text,
    required: true,
    meaning: 'The client id of the proxy: its CLIENT_ID.',
    aliases: ['PROXY_CLIENT_ID'],
  },
  CLIENT_PROXY_SECRET: {
    type: sharedSecretList,
    required: true,
    secret: true,
    meaning:
      'The client secret of the proxy: its CLIENT_SECRET. Keys are derived from it, too. If there are several, the first signs, and all are accepted.',
    aliases: ['PROXY_CLIENT_SECRET'],
  },

  ADMIN_SECRET: {
    type: headerSecretList,
    secret: true,
    meaning:
      'The secret with which operators may list and end other people’s sessions (`latchkey sessions`), on SERVER_INTERNAL_PORT only, and change the level of the log on ADMIN_PORT. If there are several, all are accepted. Give it to no other service, not even to the proxy. Unset: nobody can.',
  },

  ASSERTION_KEY: {
    type: text,
    secret: true,
    meaning:
      'The public keys of ASSERTION_KEY of the proxy. Auth publishes them at /oauth2/v1/jwks, as the proxy does. Do not give auth the private keys. Unset: auth publishes none.',
  },
  ACCESS_TOKEN_KEY: {
    type: text,
    secret: true,
    meaning:
      'The private keys (EC, P-256; PEM or JWK) that sign the access tokens of programs that act for people ([machines.md](machines.md)). The first signs, and the public keys of all are published at /oauth2/v1/token-jwks. Use them for nothing else. Unset: auth issues no such tokens.',
  },
  PROGRAM_REGISTRATION: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether any program may register itself (RFC 7591), as clients of MCP servers do, and then ask people for access in their browsers. If this and PROGRAM_DOCUMENTS are false, the command `latchkey` is the only program that may ask. Needs ACCESS_TOKEN_KEY.',
  },
  PROGRAM_DOCUMENTS: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether a program may identify itself by the URL of a document about itself (OAuth Client ID Metadata Document), as newer clients of MCP servers do, and then ask people for access in their browsers. Auth fetches the document over HTTPS after the person has signed in. It fetches only from public addresses, and directly, even if HTTPS_PROXY is set. Needs ACCESS_TOKEN_KEY.',
  },

  AUTHORIZE_PROXY_DOMAINS: {
    type: domainList,
    required: true,
    meaning:
      'The domains of your applications. After a sign-in, auth redirects people only to these domains and their subdomains.',
    aliases: ['PROXY_ROOT_DOMAIN'],
  },
  AUTHORIZE_EMAIL_DOMAINS: {
    type: emailDomainList,
    meaning: 'The e-mail domains that may sign in. Set either this or AUTHORIZE_EMAIL_ADDRESSES.',
    aliases: ['SSO_EMAIL_DOMAIN'],
  },
  AUTHORIZE_EMAIL_ADDRESSES: {
    type: emailAddressList,
    meaning: 'The e-mail addresses that may sign in. Set either this or AUTHORIZE_EMAIL_DOMAINS.',
    aliases: ['SSO_EMAIL_ADDRESSES'],
  },

  REDIS_URL: {
    type: storeAddress,
    secret: true,
    meaning:
      'The Redis or Valkey (6.2 or later) in which several tasks of auth share the list of ended sessions and the newest answers of the provider. Unset: each task keeps them in its own memory, so run only one task.',
  },
  REDIS_CLUSTER: {
    type: boolean,
    default: 'false',
    meaning: 'Whether REDIS_URL is a node of a cluster (ElastiCache: cluster mode enabled).',
  },

  GROUPCACHE_INTERVAL_REFRESH: {
    type: duration,
    default: '10m',
    meaning: 'Kept for old environments: each provider has its own.',
    effect: 'none',
  },
  GROUPCACHE_INTERVAL_PROVIDER: {
    type: duration,
    default: '10m',
    meaning: 'Kept for old environments: each provider has its own.',
    effect: 'none',
  },
  ...observabilityVariables,
  ...tracingVariables,
  ...auditVariables,
  ...outgoingVariables,
} satisfies Table;

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
      'A separate port for the endpoints that only the proxy uses (/oauth2/introspect, /oauth2/token, /oauth2/handshake). With it, these endpoints are on no other port, and nothing else is on this port but, with ADMIN_SECRET, /admin. Let only the proxy and your operators reach it, and write it into PROVIDER_URL_INTERNAL. Unset: they are on SERVER_PORT.',
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
      'How long running requests may take to finish after the signal to stop. ECS itself waits 30s unless stopTimeout says more.',
  },

  SESSION_KEY: {
    type: keyList,
    required: true,
    secret: true,
    meaning:
      'The key that encrypts what only auth may read, such as the refresh token of the provider. Of several, the first encrypts; all of them decrypt.',
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
      'How long the word of a provider that a session stands is accepted before auth asks for it again, where the provider can be asked. Write the same into both services.',
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
    meaning: 'The name by which auth knows the proxy: its CLIENT_ID.',
    aliases: ['PROXY_CLIENT_ID'],
  },
  CLIENT_PROXY_SECRET: {
    type: sharedSecretList,
    required: true,
    secret: true,
    meaning:
      'The secret of the proxy, from which keys are derived, too: its CLIENT_SECRET. Of several, the first signs; all of them are accepted.',
    aliases: ['PROXY_CLIENT_SECRET'],
  },

  ADMIN_SECRET: {
    type: headerSecretList,
    secret: true,
    meaning:
      'The secret of those who may list and end other people’s sessions (`latchkey sessions`), on SERVER_INTERNAL_PORT only, and change the level of the log on ADMIN_PORT. Of several, all are accepted. Give it to no other service, not even to the proxy. Unset: nobody can.',
  },

  ASSERTION_KEY: {
    type: text,
    secret: true,
    meaning:
      'The keys with which the proxy signs assertions, so that auth publishes them at /oauth2/v1/jwks, too. Give auth only the public keys. Unset: auth publishes none.',
  },
  ACCESS_TOKEN_KEY: {
    type: text,
    secret: true,
    meaning:
      'The keys with which auth signs the access tokens of programs that act for people ([machines.md](machines.md)), PEM or JWK (EC, P-256). The first signs; all are published at /oauth2/v1/token-jwks. Use them for nothing else. Unset: auth gives out no tokens.',
  },
  PROGRAM_REGISTRATION: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether any program may register itself (RFC 7591), as clients of MCP servers do, and then ask people for access in their browsers. Without it, and without PROGRAM_DOCUMENTS, `latchkey` is the only one. It needs ACCESS_TOKEN_KEY.',
  },
  PROGRAM_DOCUMENTS: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether a program may be known by the address of a document about itself (OAuth Client ID Metadata Document), as newer clients of MCP servers are, and then ask people for access in their browsers. Auth reads it over HTTPS once somebody is signed in: from the internet alone, and directly, also where HTTPS_PROXY is set. It needs ACCESS_TOKEN_KEY.',
  },

  AUTHORIZE_PROXY_DOMAINS: {
    type: domainList,
    required: true,
    meaning:
      'The domains of your applications. After signing in, people are sent to these and their subdomains only.',
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
      'The Redis or Valkey (6.2 or later) in which several tasks of auth share ended sessions and the newest answers of the provider. Unset: each task has its own memory, so run one task only.',
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

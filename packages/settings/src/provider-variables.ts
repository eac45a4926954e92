import { domain, webAddress } from './address.ts';
import { duration } from './duration.ts';
import { serviceAccount } from './inline-document.ts';
import { slug } from './slug.ts';
import { text, valueType } from './value-types.ts';
import type { Table } from './variable.ts';

// What BuzzFeed SSO knows besides google; its `test` never worked.
const knownElsewhere = new Set(['okta', 'cognito', 'test']);

const providerType = valueType(
  'google or oidc',
  'google or oidc',
  (text) => {
    const type = text.toLowerCase();
    return type === 'google' || type === 'oidc' ? type : undefined;
  },
  (text) =>
    knownElsewhere.has(text.toLowerCase())
      ? 'oidc with PROVIDER_<ID>_OIDC_ISSUER: this type is not supported yet'
      : 'google or oidc',
);

/** The variables of every provider, after `PROVIDER_<ID>_`. */
export const providerVariables = {
  TYPE: {
    type: providerType,
    required: true,
    meaning: 'What kind of provider it is. A provider exists where its type is set.',
  },
  SLUG: {
    type: slug,
    required: true,
    meaning: 'The first path segment of its addresses. Register `/<slug>/callback` with the provider.',
  },
  CLIENT_ID: {
    type: text,
    required: true,
    meaning: 'The client id that the provider gave you.',
  },
  CLIENT_SECRET: {
    type: text,
    required: true,
    secret: true,
    meaning: 'The client secret that the provider gave you.',
  },
  SCOPE: {
    type: text,
    meaning: 'The scopes to ask for, with blanks between them. Unset, what the type needs.',
  },
  GROUPCACHE_INTERVAL_REFRESH: {
    type: duration,
    default: '10m',
    meaning: 'How often the members of a group are looked up again.',
    effect: 'none yet',
  },
  GROUPCACHE_INTERVAL_PROVIDER: {
    type: duration,
    default: '10m',
    meaning: 'How long the groups of a person are remembered.',
    effect: 'none yet',
  },
} satisfies Table;

/** What a provider of type `google` has besides. */
export const googleVariables = {
  NAME: {
    type: text,
    default: 'Google',
    meaning: 'What the sign-in button calls it.',
  },
  GOOGLE_PROMPT: {
    type: text,
    default: 'consent',
    meaning: 'What Google asks people at each sign-in.',
  },
  GOOGLE_DOMAIN: {
    type: domain,
    meaning: 'The Google Workspace domain whose accounts are offered.',
  },
  GOOGLE_CREDENTIALS: {
    type: text,
    meaning: 'The path of the service account file with which groups are looked up.',
    effect: 'none yet',
  },
  GOOGLE_CREDENTIALS_JSON: {
    type: serviceAccount,
    secret: true,
    verbatim: true,
    meaning: 'The service account itself, where it is not to be a file.',
    effect: 'none yet',
  },
  GOOGLE_IMPERSONATE: {
    type: text,
    meaning: 'The administrator in whose name groups are looked up.',
    effect: 'none yet',
  },
  GOOGLE_AUTHORIZATION_URL: {
    type: webAddress,
    default: 'https://accounts.google.com/o/oauth2/v2/auth',
    meaning: 'Where people sign in.',
  },
  GOOGLE_TOKEN_URL: {
    type: webAddress,
    default: 'https://oauth2.googleapis.com/token',
    meaning: 'Where codes and grants become tokens.',
  },
  GOOGLE_USERINFO_URL: {
    type: webAddress,
    default: 'https://openidconnect.googleapis.com/v1/userinfo',
    meaning: 'Where a token becomes a person.',
  },
  GOOGLE_REVOCATION_URL: {
    type: webAddress,
    default: 'https://oauth2.googleapis.com/revoke',
    meaning: 'Where a grant is given back.',
  },
} satisfies Table;

/** What a provider of type `oidc` has besides. */
export const oidcVariables = {
  NAME: {
    type: text,
    default: 'OpenID Connect',
    meaning: 'What the sign-in button calls it.',
  },
  OIDC_ISSUER: {
    type: webAddress,
    required: true,
    meaning: 'The address of the provider, under which it publishes its configuration.',
  },
  OIDC_PROMPT: {
    type: text,
    meaning: 'What the provider asks people at each sign-in. Unset, the provider decides.',
  },
} satisfies Table;

/** Declared for the reference; the type itself is refused until it is built. */
export const oktaVariables = {
  OKTA_URL: { type: text, meaning: 'The host of the Okta organisation.', effect: 'none yet' },
  OKTA_SERVER: { type: text, meaning: 'The id of the authorization server.', effect: 'none yet' },
} satisfies Table;

/** Declared for the reference; the type itself is refused until it is built. */
export const cognitoVariables = {
  COGNITO_URL: { type: text, meaning: 'The host of the hosted sign-in pages.', effect: 'none yet' },
  COGNITO_REGION: { type: text, meaning: 'The AWS region of the user pool.', effect: 'none yet' },
  COGNITO_ID: { type: text, meaning: 'The id of the user pool.', effect: 'none yet' },
  COGNITO_CREDENTIALS_ID: { type: text, meaning: 'The AWS access key id.', effect: 'none yet' },
  COGNITO_CREDENTIALS_SECRET: {
    type: text,
    secret: true,
    meaning: 'The AWS secret access key.',
    effect: 'none yet',
  },
} satisfies Table;

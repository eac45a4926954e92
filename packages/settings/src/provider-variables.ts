import { domain, host, secureAddress } from './address.ts';
import { duration } from './duration.ts';
import { googleServiceAccount } from './inline-document.ts';
import { slug } from './slug.ts';
import { text, valueType } from './value-types.ts';
import type { Table } from './variable.ts';
import { workloadIdentity } from './workload-identity.ts';

/** The kinds of provider, each with variables of its own below. */
export const providerTypes = ['google', 'okta', 'cognito', 'oidc'] as const;

export type ProviderType = (typeof providerTypes)[number];

const providerType = valueType(
  'google, okta, cognito or oidc',
  'google, okta, cognito or oidc',
  (text) => providerTypes.find((type) => type === text.toLowerCase()),
  {
    example: 'google',
    advise: (text) =>
      // Of BuzzFeed SSO, where it never worked.
      text.toLowerCase() === 'test'
        ? 'oidc with PROVIDER_<ID>_OIDC_ISSUER: to try things out, start packages/dev-idp and write its address there'
        : 'google, okta, cognito or oidc',
  },
);

// What a name is made of at the provider, so that it stays one segment of a path or one label of a host.
function nameOf(what: string, write: string, example: string, pattern: RegExp) {
  return valueType(what, `${write}, like ${example}`, (text) => (pattern.test(text) ? text : undefined), {
    example,
  });
}

const signOuts = ['here', 'offer', 'provider'] as const;

const signOut = {
  type: valueType(
    'here, offer or provider',
    'here, offer or provider',
    (text) => signOuts.find((one) => one === text.toLowerCase()),
    { example: 'here' },
  ),
  default: 'here',
  meaning:
    'Whether signing out also ends the session at the provider. `here`: no, only the session of this installation ends. `offer`: the last page has a link that signs out at the provider, too. `provider`: signing out always leads to the provider. For the last two, register `/<slug>/sign_out` with the provider as a post-logout redirect address.',
} as const;

const groupLookups = ['hasMember', 'list'] as const;

const groupLookup = valueType('hasMember or list', 'hasMember or list', (text) =>
  groupLookups.find((one) => one.toLowerCase() === text.toLowerCase()),
);

const awsRegion = nameOf('region', 'an AWS region', 'eu-west-1', /^[a-z]+(?:-[a-z]+)+-\d+$/);

const issuerInItsPlace = {
  type: secureAddress,
  meaning:
    'An issuer URL that replaces the one made from the other settings: for tests, or for a proxy in between.',
} as const;

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
    meaning:
      'The scopes to request, separated by spaces. Unset: the scopes that this type of provider needs.',
  },
  GROUPCACHE_INTERVAL_REFRESH: {
    type: duration,
    default: '10m',
    meaning:
      'Google and Cognito: how long the groups of a person are cached. For Google, a missing membership is cached half as long.',
  },
  GROUPCACHE_INTERVAL_PROVIDER: {
    type: duration,
    default: '10m',
    meaning: 'Okta and OpenID Connect: how long the groups of a person are cached.',
  },
} satisfies Table;

/** What a provider of type `google` has besides. */
export const googleVariables = {
  NAME: {
    type: text,
    default: 'Google',
    meaning: 'The name on the sign-in button.',
  },
  GOOGLE_PROMPT: {
    type: text,
    default: 'consent',
    meaning:
      'The `prompt` parameter: what Google asks people at each sign-in, such as `consent` or `select_account`.',
  },
  GOOGLE_DOMAIN: {
    type: domain,
    meaning: 'The Google Workspace domain whose accounts are offered.',
  },
  GOOGLE_CREDENTIALS: {
    type: text,
    meaning:
      'The path of the file with the service account that looks up groups. Unset: no groups from Google.',
  },
  GOOGLE_CREDENTIALS_JSON: {
    type: googleServiceAccount,
    secret: true,
    verbatim: true,
    meaning: 'The service account itself, in place of a file.',
  },
  GOOGLE_WORKLOAD_IDENTITY: {
    type: workloadIdentity,
    secret: true,
    verbatim: true,
    meaning:
      'The credential configuration of a workload identity, in place of a service account with a key: the AWS role of the task then acts for the service account.',
  },
  GOOGLE_IMPERSONATE: {
    type: text,
    meaning: 'The e-mail address of the Google Workspace administrator on whose behalf groups are looked up.',
  },
  GOOGLE_GROUPS: {
    type: groupLookup,
    default: 'hasMember',
    meaning:
      'How groups are looked up. `hasMember`: one call for each person and each group that routes name; members of nested groups count, too. `list`: one call for all groups of a person; only direct members count.',
  },
  GOOGLE_AUTHORIZATION_URL: {
    type: secureAddress,
    default: 'https://accounts.google.com/o/oauth2/v2/auth',
    meaning: 'Where people sign in.',
  },
  GOOGLE_TOKEN_URL: {
    type: secureAddress,
    default: 'https://oauth2.googleapis.com/token',
    meaning: 'Where codes and refresh tokens are exchanged for tokens.',
  },
  GOOGLE_USERINFO_URL: {
    type: secureAddress,
    default: 'https://openidconnect.googleapis.com/v1/userinfo',
    meaning: 'Where the claims of a person are fetched.',
  },
  GOOGLE_REVOCATION_URL: {
    type: secureAddress,
    default: 'https://oauth2.googleapis.com/revoke',
    meaning: 'Where tokens are revoked.',
  },
  GOOGLE_DIRECTORY_URL: {
    type: secureAddress,
    default: 'https://admin.googleapis.com/admin/directory/v1',
    meaning: 'Where groups are looked up.',
  },
  GOOGLE_STS_URL: {
    type: secureAddress,
    default: 'https://sts.googleapis.com/v1/token',
    meaning:
      'With a workload identity: where the credentials of the AWS role are exchanged for a Google token.',
  },
  GOOGLE_IAM_URL: {
    type: secureAddress,
    default: 'https://iamcredentials.googleapis.com/v1',
    meaning: 'With a workload identity: where the assertion of the service account is signed.',
  },
  GOOGLE_ASSERTION_URL: {
    type: secureAddress,
    default: 'https://oauth2.googleapis.com/token',
    meaning: 'With a workload identity: where that assertion is exchanged for an access token.',
  },
} satisfies Table;

/** What AWS tells the task about itself. Read with a workload identity alone: elsewhere it is none of our business. */
export const taskVariables = {
  AWS_REGION: {
    type: awsRegion,
    meaning: 'The AWS region of the task. ECS sets it.',
  },
} satisfies Table;

/** What a provider of type `oidc` has besides. */
export const oidcVariables = {
  NAME: {
    type: text,
    default: 'OpenID Connect',
    meaning: 'The name on the sign-in button.',
  },
  OIDC_ISSUER: {
    type: secureAddress,
    required: true,
    meaning:
      'The issuer URL of the provider. Its configuration is at `/.well-known/openid-configuration` below this address.',
  },
  OIDC_PROMPT: {
    type: text,
    meaning:
      'The `prompt` parameter: what the provider asks people at each sign-in. Unset: the provider decides.',
  },
  SIGN_OUT: signOut,
} satisfies Table;

/** What a provider of type `okta` has besides. */
export const oktaVariables = {
  NAME: {
    type: text,
    default: 'Okta',
    meaning: 'The name on the sign-in button.',
  },
  OKTA_URL: {
    type: host,
    required: true,
    meaning: 'The host of the Okta organisation, without https://.',
  },
  OKTA_SERVER: {
    type: nameOf('id', 'the id of an authorization server', 'default', /^[\w-]+$/),
    meaning: 'The id of the authorization server. Unset: the server of the organisation itself.',
  },
  OIDC_ISSUER: issuerInItsPlace,
  SIGN_OUT: signOut,
} satisfies Table;

/** What a provider of type `cognito` has besides. */
export const cognitoVariables = {
  NAME: {
    type: text,
    default: 'Amazon Cognito',
    meaning: 'The name on the sign-in button.',
  },
  COGNITO_URL: {
    type: host,
    required: true,
    meaning: 'The host of the hosted sign-in pages, without https://.',
  },
  COGNITO_REGION: {
    type: awsRegion,
    required: true,
    meaning: 'The AWS region of the user pool.',
  },
  COGNITO_ID: {
    type: nameOf('id', 'the id of a user pool', 'eu-west-1_a1B2c3D4e', /^[\w-]+_[0-9A-Za-z]+$/),
    required: true,
    meaning: 'The id of the user pool.',
  },
  OIDC_ISSUER: issuerInItsPlace,
  COGNITO_CREDENTIALS_ID: { type: text, meaning: 'Not needed: groups come with the sign-in. Ignored.' },
  COGNITO_CREDENTIALS_SECRET: { type: text, secret: true, meaning: 'Not needed. Ignored.' },
  SIGN_OUT: signOut,
} satisfies Table;

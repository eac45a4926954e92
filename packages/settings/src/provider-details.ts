import type { Environment } from './environment.ts';
import type { Findings } from './findings.ts';
import { cognitoVariables, googleVariables, oidcVariables, oktaVariables } from './provider-variables.ts';
import type { ProviderType } from './provider-variables.ts';
import { readTable } from './read-table.ts';
import type {
  CognitoProviderSettings,
  GoogleDirectorySettings,
  GoogleProviderSettings,
  OidcProviderSettings,
  OktaProviderSettings,
  ProviderCommon,
} from './settings.ts';
import type { Values } from './variable.ts';

/** What one kind of provider has besides what all of them have. */
type Details<Settings> = Omit<Settings, Exclude<keyof ProviderCommon, 'name'>>;

type ReadDetails<Settings> = (
  prefix: string,
  environment: Environment,
  findings: Findings,
) => Details<Settings> | undefined;

/** Reads the variables that only a certain type of provider has; undefined when one of them could not be read. */
export function readDetails(type: ProviderType, ...where: Parameters<ReadDetails<unknown>>) {
  return readers[type](...where);
}

const readGoogle: ReadDetails<GoogleProviderSettings> = (prefix, environment, findings) => {
  const { given, whole } = readTable(googleVariables, environment, findings, prefix);
  checkCredentials(given, prefix, findings);
  if (whole === undefined) return undefined;
  const hostedDomain = whole.GOOGLE_DOMAIN;
  const directory = directoryOf(whole);
  return {
    type: 'google',
    name: whole.NAME,
    prompt: whole.GOOGLE_PROMPT,
    ...(hostedDomain !== undefined && { hostedDomain }),
    endpoints: {
      authorization: whole.GOOGLE_AUTHORIZATION_URL,
      token: whole.GOOGLE_TOKEN_URL,
      userinfo: whole.GOOGLE_USERINFO_URL,
      revocation: whole.GOOGLE_REVOCATION_URL,
    },
    ...(directory !== undefined && { directory }),
  };
};

function checkCredentials(
  given: ReadonlySet<keyof typeof googleVariables>,
  prefix: string,
  findings: Findings,
): void {
  const file = given.has('GOOGLE_CREDENTIALS');
  const inline = given.has('GOOGLE_CREDENTIALS_JSON');
  if (file && inline) {
    findings.errors.push(
      `${prefix}GOOGLE_CREDENTIALS_JSON: set together with ${prefix}GOOGLE_CREDENTIALS, write only one of the two`,
    );
  }
  if ((file || inline) !== given.has('GOOGLE_IMPERSONATE')) {
    findings.errors.push(
      `${prefix}GOOGLE_CREDENTIALS: needs ${prefix}GOOGLE_IMPERSONATE and the other way round, write both or neither`,
    );
  }
}

function directoryOf(values: Values<typeof googleVariables>): GoogleDirectorySettings | undefined {
  const { GOOGLE_CREDENTIALS: file, GOOGLE_CREDENTIALS_JSON: account } = values;
  const { GOOGLE_DIRECTORY_URL: url, GOOGLE_IMPERSONATE: impersonate } = values;
  if (impersonate === undefined) return undefined;
  if (account !== undefined) return { url, credentials: { account }, impersonate };
  return file === undefined ? undefined : { url, credentials: { file }, impersonate };
}

const readOkta: ReadDetails<OktaProviderSettings> = (prefix, environment, findings) => {
  const { whole } = readTable(oktaVariables, environment, findings, prefix);
  if (whole === undefined) return undefined;
  const { OKTA_SERVER: server, OIDC_ISSUER: issuer } = whole;
  return {
    type: 'okta',
    name: whole.NAME,
    host: whole.OKTA_URL,
    ...(server !== undefined && { server }),
    ...(issuer !== undefined && { issuer }),
  };
};

const readCognito: ReadDetails<CognitoProviderSettings> = (prefix, environment, findings) => {
  const { given, whole } = readTable(cognitoVariables, environment, findings, prefix);
  if (given.has('COGNITO_CREDENTIALS_ID') || given.has('COGNITO_CREDENTIALS_SECRET')) {
    findings.warnings.push(
      `${prefix}COGNITO_CREDENTIALS_ID: has no effect any more, nor has ${prefix}COGNITO_CREDENTIALS_SECRET: groups come with the sign-in, so take these AWS keys away`,
    );
  }
  if (whole === undefined) return undefined;
  const { OIDC_ISSUER: issuer } = whole;
  return {
    type: 'cognito',
    name: whole.NAME,
    host: whole.COGNITO_URL,
    region: whole.COGNITO_REGION,
    poolId: whole.COGNITO_ID,
    ...(issuer !== undefined && { issuer }),
  };
};

const readOidc: ReadDetails<OidcProviderSettings> = (prefix, environment, findings) => {
  const { whole } = readTable(oidcVariables, environment, findings, prefix);
  if (whole === undefined) return undefined;
  const prompt = whole.OIDC_PROMPT;
  return {
    type: 'oidc',
    name: whole.NAME,
    issuer: whole.OIDC_ISSUER,
    ...(prompt !== undefined && { prompt }),
  };
};

const readers = { google: readGoogle, okta: readOkta, cognito: readCognito, oidc: readOidc };

import type { Environment } from './environment.ts';
import { warnIfOpenToAll } from './find-text.ts';
import { refuse } from './findings.ts';
import type { Findings } from './findings.ts';
import {
  cognitoVariables,
  googleVariables,
  oidcVariables,
  oktaVariables,
  taskVariables,
} from './provider-variables.ts';
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
) => Details<Settings>;

/** Reads the variables that only a certain type of provider has. */
export function readDetails(type: ProviderType, ...where: Parameters<ReadDetails<unknown>>) {
  return readers[type](...where);
}

const readGoogle: ReadDetails<GoogleProviderSettings> = (prefix, environment, findings) => {
  const { given, assumed } = readTable(googleVariables, environment, findings, prefix);
  checkCredentials(given, prefix, findings);
  const file = assumed.GOOGLE_CREDENTIALS;
  if (file !== undefined) warnIfOpenToAll(`${prefix}GOOGLE_CREDENTIALS`, file, environment, findings);
  const hostedDomain = assumed.GOOGLE_DOMAIN;
  const directory = directoryOf(
    assumed,
    () => readTable(taskVariables, environment, findings).assumed.AWS_REGION,
  );
  return {
    type: 'google',
    name: assumed.NAME,
    prompt: assumed.GOOGLE_PROMPT,
    ...(hostedDomain !== undefined && { hostedDomain }),
    endpoints: {
      authorization: assumed.GOOGLE_AUTHORIZATION_URL,
      token: assumed.GOOGLE_TOKEN_URL,
      userinfo: assumed.GOOGLE_USERINFO_URL,
      revocation: assumed.GOOGLE_REVOCATION_URL,
    },
    ...(directory !== undefined && { directory }),
  };
};

const credentials = ['GOOGLE_CREDENTIALS', 'GOOGLE_CREDENTIALS_JSON', 'GOOGLE_WORKLOAD_IDENTITY'] as const;

function checkCredentials(
  given: ReadonlySet<keyof typeof googleVariables>,
  prefix: string,
  findings: Findings,
): void {
  const [first, ...others] = credentials.filter((name) => given.has(name));
  for (const other of others) {
    refuse(
      {
        variable: `${prefix}${other}`,
        code: 'conflict',
        message: `set together with ${prefix}${first}, write only one of the two`,
        others: [`${prefix}${first}`],
      },
      findings,
    );
  }
  if ((first !== undefined) !== given.has('GOOGLE_IMPERSONATE')) {
    refuse(
      {
        variable: `${prefix}${first ?? 'GOOGLE_CREDENTIALS'}`,
        code: 'conflict',
        message: `needs ${prefix}GOOGLE_IMPERSONATE and the other way round, write both or neither`,
        others: [`${prefix}GOOGLE_IMPERSONATE`],
      },
      findings,
    );
  }
}

function directoryOf(
  values: Values<typeof googleVariables>,
  readRegion: () => string | undefined,
): GoogleDirectorySettings | undefined {
  const { GOOGLE_DIRECTORY_URL: url, GOOGLE_IMPERSONATE: impersonate, GOOGLE_GROUPS: groups } = values;
  const { GOOGLE_CREDENTIALS: file, GOOGLE_CREDENTIALS_JSON: account } = values;
  const { GOOGLE_WORKLOAD_IDENTITY: configuration } = values;
  if (impersonate === undefined) return undefined;
  const common = { url, impersonate, groups };
  if (account !== undefined) return { ...common, credentials: { account } };
  if (file !== undefined) return { ...common, credentials: { file } };
  if (configuration === undefined) return undefined;
  const region = readRegion();
  const workload = {
    ...configuration,
    ...(region !== undefined && { region }),
    stsUrl: values.GOOGLE_STS_URL,
    iamUrl: values.GOOGLE_IAM_URL,
    tokenUrl: values.GOOGLE_ASSERTION_URL,
  };
  return { ...common, credentials: { workload } };
}

const readOkta: ReadDetails<OktaProviderSettings> = (prefix, environment, findings) => {
  const { assumed } = readTable(oktaVariables, environment, findings, prefix);
  const { OKTA_SERVER: server, OIDC_ISSUER: issuer } = assumed;
  return {
    type: 'okta',
    name: assumed.NAME,
    signOut: assumed.SIGN_OUT,
    host: assumed.OKTA_URL,
    ...(server !== undefined && { server }),
    ...(issuer !== undefined && { issuer }),
  };
};

const readCognito: ReadDetails<CognitoProviderSettings> = (prefix, environment, findings) => {
  const { given, assumed } = readTable(cognitoVariables, environment, findings, prefix);
  if (given.has('COGNITO_CREDENTIALS_ID') || given.has('COGNITO_CREDENTIALS_SECRET')) {
    findings.warnings.push({
      variable: `${prefix}COGNITO_CREDENTIALS_ID`,
      code: 'without_effect',
      message: `has no effect any more, nor has ${prefix}COGNITO_CREDENTIALS_SECRET: groups come with the sign-in, so take these AWS keys away`,
      others: [`${prefix}COGNITO_CREDENTIALS_SECRET`],
    });
  }
  const { OIDC_ISSUER: issuer } = assumed;
  return {
    type: 'cognito',
    name: assumed.NAME,
    signOut: assumed.SIGN_OUT,
    host: assumed.COGNITO_URL,
    region: assumed.COGNITO_REGION,
    poolId: assumed.COGNITO_ID,
    ...(issuer !== undefined && { issuer }),
  };
};

const readOidc: ReadDetails<OidcProviderSettings> = (prefix, environment, findings) => {
  const { assumed } = readTable(oidcVariables, environment, findings, prefix);
  const prompt = assumed.OIDC_PROMPT;
  return {
    type: 'oidc',
    name: assumed.NAME,
    signOut: assumed.SIGN_OUT,
    issuer: assumed.OIDC_ISSUER,
    ...(prompt !== undefined && { prompt }),
  };
};

const readers = { google: readGoogle, okta: readOkta, cognito: readCognito, oidc: readOidc };

import { loadAuthSettings, loadProxySettings } from '@latchkey/settings';
import type { AuthSettings, DeprecatedName, Loaded, ProxySettings } from '@latchkey/settings';

type Environment = Record<string, string>;
type ReadFile = (path: string, variable: string) => string;
type Load<Settings> = (env: Environment, options: { readFile: ReadFile }) => Loaded<Settings>;

/** Settings of which some may be made up: only what `isKnown` says of a variable is what the environment says. */
export type PartlyKnown<Settings> = {
  settings: Settings;
  isKnown: (name: RegExp) => boolean;
  /** The older names in the environment, and what each stands for. */
  deprecated: readonly DeprecatedName[];
};

/** What passes for any secret: 32 bytes in base64, of which no two are the same. */
const STAND_IN_SECRET = Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString('base64');

/** What passes for the one secret that has a shape. */
const STAND_IN_ACCOUNT = JSON.stringify({
  client_email: 'stand-in@invalid',
  private_key: 'a PRIVATE KEY of nobody',
});

/**
 * For the settings: `NAME_FILE` names a file of the container, which this machine does not have, or has another one in its
 * place. No secret is read here.
 */
export const secretFilesElsewhere: { readFile: ReadFile } = {
  readFile: (_path, variable) =>
    /_GOOGLE_CREDENTIALS_JSON_FILE$/i.test(variable) ? STAND_IN_ACCOUNT : STAND_IN_SECRET,
};

/** One mistake may hide another, but not for long. */
const MOST_ATTEMPTS = 5;

/** For required variables, by the name that the line about a missing one begins with. */
const PROXY_STAND_INS = {
  PROVIDER_URL_EXTERNAL: { PROVIDER_URL_EXTERNAL: 'https://sso.invalid' },
};

const AUTH_STAND_INS = {
  SERVER_HOST: { SERVER_HOST: 'sso.invalid' },
  AUTHORIZE_PROXY_DOMAINS: { AUTHORIZE_PROXY_DOMAINS: 'invalid' },
  AUTHORIZE_EMAIL_DOMAINS: { AUTHORIZE_EMAIL_DOMAINS: 'invalid' },
  PROVIDER_: {
    PROVIDER_STANDIN_TYPE: 'google',
    PROVIDER_STANDIN_SLUG: 'stand-in',
    PROVIDER_STANDIN_CLIENT_ID: 'stand-in',
    PROVIDER_STANDIN_CLIENT_SECRET: STAND_IN_SECRET,
  },
};

/** What the proxy is told, as far as it goes; undefined where nothing can be made of it. */
export function readProxyPartly(env: Environment): PartlyKnown<ProxySettings> | undefined {
  return readPartly<ProxySettings>(loadProxySettings, env, PROXY_STAND_INS);
}

/** What auth is told, as far as it goes; undefined where nothing can be made of it. */
export function readAuthPartly(env: Environment): PartlyKnown<AuthSettings> | undefined {
  return readPartly<AuthSettings>(loadAuthSettings, env, AUTH_STAND_INS);
}

/** The variable that a line of the settings is about. */
export function variableOf(message: string): string {
  return /^\w+/.exec(message)?.[0].toUpperCase() ?? '';
}

/**
 * Reads settings as far as they go, also where something is wrong with the environment: what is refused is left out, and
 * what is then missing gets a stand-in.
 */
function readPartly<Settings>(
  load: Load<Settings>,
  env: Environment,
  standIns: Readonly<Record<string, Environment>>,
): PartlyKnown<Settings> | undefined {
  const doubtful = new Set<string>();
  const { deprecated } = load(env, secretFilesElsewhere);
  let tried = env;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const loaded = load(tried, secretFilesElsewhere);
    if (loaded.ok) {
      const { settings } = loaded;
      return { settings, isKnown: (name) => ![...doubtful].some((each) => name.test(each)), deprecated };
    }
    const faulty = new Set(loaded.errors.map(variableOf));
    // A message is about a variable by its older name, or about what an older name stands for: both are meant.
    for (const { name, instead } of deprecated) {
      if (faulty.has(name) && instead !== undefined) doubtful.add(instead);
      if (instead !== undefined && faulty.has(instead)) faulty.add(name);
    }
    for (const name of faulty) doubtful.add(name);
    const kept = Object.entries(tried).filter(([name]) => !faulty.has(name.toUpperCase()));
    const missing = [...faulty].filter((name) => tried[name] === undefined);
    tried = Object.assign(Object.fromEntries(kept), ...missing.map((name) => standInFor(name, standIns)));
  }
  return undefined;
}

function standInFor(name: string, standIns: Readonly<Record<string, Environment>>): Environment {
  // The first segment of a path cannot be a secret.
  return standIns[name] ?? { [name]: name.endsWith('_SLUG') ? 'stand-in' : STAND_IN_SECRET };
}

import type { ConnectorTarget } from '@latchkey/contract';
import type { Problem } from './problem.ts';

/** What a service starts with: the typed settings, or every error at once. */
export type Loaded<T> = { warnings: readonly Problem[] } & (
  { ok: true; settings: T } | { ok: false; errors: readonly Problem[] }
);

/** An environment as a tool sees it: the settings as far as they are known, and what the service would say. */
export type Survey<T> = {
  /** With stand-ins for what is not known: never to start a service with. */
  settings: T;
  /** The variables, by the names of the reference, of which it is not known what they say. */
  unknown: ReadonlySet<string>;
  errors: readonly Problem[];
  warnings: readonly Problem[];
};

/** All settings of the proxy, from its environment. Durations are milliseconds. */
export type ProxySettings = {
  server: ServerSettings & {
    /** Where browsers reach the applications, besides the usual port of the scheme and those that a `from` names. */
    publicPorts: number[];
    /** Whether HTTP/2 is taken, too. */
    http2: boolean;
    /** Whether the load balancer verifies certificates of devices, and applications get them. */
    deviceCertificates: boolean;
    /** Whether what stands in front takes 1xx. */
    passInterim: boolean;
    /** The name of the host where connectors arrive; absent: nowhere. */
    connectorsHost?: string;
    /** Where tasks of the proxy reach the connectors of each other; absent: they do not. */
    siblings?: { port: number; places: readonly { readonly host: string; readonly port: number }[] };
  };
  provider: { externalUrl: URL; internalUrl: URL; scope: string };
  client: ClientSettings;
  session: {
    cookie: CookieSettings;
    ttl: { lifetimeMs: number; validMs: number; gracePeriodMs: number };
  };
  upstream: {
    /** The YAML itself. At most one of `config`, `configFile` and `source` is set. */
    config?: string;
    configFile?: string;
    source?: UpstreamSource;
    /** Whether more than half of the routes may be removed at once when the file is read again. */
    allowLoss: boolean;
    /** Where the file that is in force is copied to. */
    liveCopy?: string;
    /** The section that is merged over `default`; empty means only the `default` sections. */
    cluster: string;
    scheme: WebScheme;
    defaults: UpstreamDefaults;
    /** Whether a host name may lead a rewrite route to this machine, its link or its cloud. */
    allowLocalTargets: boolean;
    /** `SSO_CONFIG_ROOT_DOMAIN` is here as `root_domain`, its value untouched. */
    templateVariables: Record<string, string>;
  };
  /** How many requests and tunnels may be under way to one origin. */
  maxConnections: number;
  /** In place of STS of the region that is asked about. */
  stsEndpoint?: URL;
  /** The PEM text of the key that signs requests to upstreams. */
  requestSignerKey?: string;
  /** The text of the keys that sign assertions, PEM or JWK. */
  assertionKey?: string;
  /** of those who may ask for routes and decisions at the admin port; absent: nobody */
  adminSecrets?: SecretList;
  /** absent: there is none */
  admin?: AdminSettings;
  metrics: MetricsSettings;
  /** absent: there are no traces */
  tracing?: TracingSettings;
  logging: LoggingSettings;
  /** Absent: there is no audit log. */
  audit?: AuditSettings;
  outgoing?: OutgoingSettings;
};

/** One that a connector may dial. */
export type AllowedTarget = {
  /** the origin of the application: who an assertion has to be for */
  readonly audience: string | undefined;
  readonly target: ConnectorTarget;
};

/** What a connector shows the proxy: a token, or the role that it works in, of which STS of a region says that it does. */
export type ConnectorCredential = { readonly token: string } | { readonly region: string };

/** All settings of a connector, from its environment. Durations are milliseconds. */
export type ConnectorSettings = {
  name: string;
  /** of the proxy, an origin */
  url: URL;
  credential: ConnectorCredential;
  /** all that may be dialed */
  targets: readonly AllowedTarget[];
  /** of the authorities that those over TLS are checked by; absent: those that everybody trusts */
  caFile?: string;
  /** who issues assertions, and where its keys are; absent: none is asked for */
  auth?: { issuer: URL; url: URL };
  /** an expression that has to hold for each request, too */
  allowIf?: string;
  /** how long the start waits for the targets */
  waitMs: number;
  /** to the proxy, at least */
  connections: number;
  /** where this container may ask how it is; absent: nowhere */
  healthPort?: number;
  level: LogLevel;
};

/** An upstream file that is not on this machine. */
export type UpstreamSource = {
  address: UpstreamAddress;
  /** The `Authorization` with which an address of the web is asked. */
  authorization?: string;
  /** Where the last version that was in force is kept. */
  lastGood?: LastGoodPlace;
};

/** An object of S3, an address of the web, a parameter of Systems Manager, or a secret of Secrets Manager. */
export type UpstreamAddress =
  S3Object | { kind: 'web'; url: URL } | { kind: 'ssm' | 'secretsmanager'; name: string };

export type S3Object = { kind: 's3'; bucket: string; key: string };

export type LastGoodPlace = S3Object | { kind: 'path'; path: string };

/** All settings of auth, from its environment. Durations are milliseconds. */
export type AuthSettings = {
  server: ServerSettings & {
    host: string;
    scheme: WebScheme;
    requestTimeoutMs: number;
    /** of what only the proxy asks; absent: the one port for all */
    internalPort?: number;
  };
  session: { key: SecretList; lifetimeMs: number; validMs: number; cookie: CookieSettings };
  client: ClientSettings;
  /** of those who may list and end everybody's sessions, and use the admin port; absent: nobody */
  adminSecrets?: SecretList;
  authorize: { emailDomains: string[]; emailAddresses: string[]; proxyDomains: string[] };
  /** The text of the keys that the proxy signs assertions with, PEM or JWK. */
  assertionKey?: string;
  /** The text of the keys that sign access tokens, PEM or JWK; absent: there are none. */
  accessTokenKey?: string;
  /** Whether any program may register itself. */
  programRegistration: boolean;
  /** Whether a program may be known by the address of a document about itself. */
  programDocuments: boolean;
  /** Absent: each task remembers by itself. */
  store?: StoreSettings;
  /** At least one; their slugs differ. */
  providers: ProviderSettings[];
  /** absent: there is none */
  admin?: AdminSettings;
  metrics: MetricsSettings;
  /** absent: there are no traces */
  tracing?: TracingSettings;
  logging: LoggingSettings;
  /** Absent: there is no audit log. */
  audit?: AuditSettings;
  outgoing?: OutgoingSettings;
};

/** The Redis that the tasks of auth share. */
export type StoreSettings = {
  host: string;
  port: number;
  username?: string;
  password?: string;
  database: number;
  tls: boolean;
  /** Whether the host is one node of a cluster. */
  cluster: boolean;
};

/** One way to sign in, declared by the variables `PROVIDER_<ID>_…`. */
export type ProviderSettings =
  GoogleProviderSettings | OktaProviderSettings | CognitoProviderSettings | OidcProviderSettings;

/** A Google Workspace or Google account. */
export type GoogleProviderSettings = ProviderCommon & {
  type: 'google';
  prompt: string;
  hostedDomain?: string;
  endpoints: { authorization: URL; token: URL; userinfo: URL; revocation: URL };
  /** Absent where nobody is to look up groups. */
  directory?: GoogleDirectorySettings;
};

/** Google's directory, and who asks it in whose name. */
export type GoogleDirectorySettings = {
  url: URL;
  /** The path of the service account's file, the account itself, or how the role of the task stands in for its key. */
  credentials: { file: string } | { account: GoogleServiceAccount } | { workload: WorkloadIdentity };
  /** The e-mail address of the administrator. */
  impersonate: string;
  /** Whether one question is about one group, or about all groups of a person. */
  groups: 'hasMember' | 'list';
};

/** The key with which Google's directory is asked. */
export type GoogleServiceAccount = {
  clientEmail: string;
  /** PEM */
  privateKey: string;
  keyId?: string;
  /** Where the key becomes an access token. */
  tokenUrl: URL;
};

/** How the role of a task at AWS stands in for the key of a service account: workload identity federation. */
export type WorkloadIdentity = {
  /** The full name of the provider in the workload identity pool. */
  audience: string;
  /** The e-mail address of the service account. */
  serviceAccount: string;
  /** The AWS region of the task; absent where it is not known. */
  region?: string;
  /** Where the task's role becomes a token of Google's. */
  stsUrl: URL;
  /** Of the IAM Service Account Credentials API, with its version. */
  iamUrl: URL;
  /** Where an assertion becomes an access token. */
  tokenUrl: URL;
};

/** An Okta organisation, or one of its authorization servers. */
export type OktaProviderSettings = ProviderCommon &
  SigningOut & {
    type: 'okta';
    host: string;
    server?: string;
    /** In the place of the issuer that follows from the rest. */
    issuer?: URL;
  };

/** A user pool of Amazon Cognito with its hosted sign-in pages. */
export type CognitoProviderSettings = ProviderCommon &
  SigningOut & {
    type: 'cognito';
    host: string;
    region: string;
    poolId: string;
    /** In the place of the issuer that follows from the rest. */
    issuer?: URL;
  };

/** Any provider that speaks OpenID Connect and publishes its configuration under its issuer. */
export type OidcProviderSettings = ProviderCommon &
  SigningOut & { type: 'oidc'; issuer: URL; prompt?: string };

/** Whether signing out goes on at the provider: not, where a person wants it, or always. */
type SigningOut = { signOut: 'here' | 'offer' | 'provider' };

/** What every provider has. */
export type ProviderCommon = {
  /** The `<ID>` of the variables, in lower case. */
  id: string;
  /** The first path segment of this provider's addresses. */
  slug: string;
  /** The name on the sign-in button. */
  name: string;
  clientId: string;
  clientSecret: string;
  scope?: string;
  /** How long it counts which groups a person is in, before that is asked again. */
  groupsMs: number;
};

/** The listening server of either service. */
export type ServerSettings = {
  port: number;
  /** to listen on; absent: all */
  address?: string;
  readTimeoutMs: number;
  writeTimeoutMs: number;
  /** how long connections are still taken after a stop is asked for */
  drainMs: number;
  shutdownTimeoutMs: number;
  /** that one address may send to the sign-in pages; 0 for no limit */
  requestsPerMinute: number;
  /** CIDR ranges whose forwarding headers are believed. */
  trustedProxies: string[];
};

/** The one session cookie that both services share. */
export type CookieSettings = {
  name: string;
  secrets: SecretList;
  domain?: string;
  secure: boolean;
  expireMs: number;
};

/** Texts as they were given. The first seals and signs, every one unseals and verifies. */
export type SecretList = [string, ...string[]];

/** What the proxy shows to auth to be believed: the first secret. Auth takes every one. */
export type ClientSettings = { id: string; secrets: SecretList };

/** What holds for an upstream that does not say otherwise. E-mail rules are in lower case. */
export type UpstreamDefaults = {
  emailDomains: string[];
  emailAddresses: string[];
  groups: string[];
  timeoutMs: number;
  resetDeadlineMs: number;
  provider: string;
  /** how connections are secured, by the options of the upstream file */
  tls?: {
    serverName?: string;
    files: { ca_file?: string; client_cert_file?: string; client_key_file?: string };
  };
};

/** Where metrics go. */
export type MetricsSettings = {
  /** without a host nothing is sent */
  statsd: { host?: string; port: number };
};

/** The port for machines and operators inside. */
export type AdminSettings = {
  port: number;
  /** which variable says so */
  variable: 'ADMIN_PORT' | 'METRICS_PORT';
  /** to listen on; absent: all */
  address?: string;
};

/** Where traces go, and which share of them. */
export type TracingSettings = {
  url: URL;
  headers: Readonly<Record<string, string>>;
  resource: Readonly<Record<string, string>>;
  ratio: number;
};

export type LoggingSettings = { enabled: boolean; level: LogLevel };

/** Where the audit log goes, to one of them at least. */
export type AuditSettings = {
  stdout: boolean;
  file?: string;
  /** What becomes of sign-ins while it cannot be written. */
  onFailure: 'continue' | 'refuse';
  /** In base64; absent: its hashes need none. */
  key?: string;
};

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export type WebScheme = 'http' | 'https';

/** The proxy for what the service itself asks of others, and the hosts that are reached without it. */
export type OutgoingSettings = { http?: string; https?: string; except?: string };

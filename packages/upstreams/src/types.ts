import type {
  AccessRules,
  AwsRole,
  Machine,
  PathPattern,
  Policy,
  TokenRules,
  Workload,
  WrittenRule,
} from '@latchkey/access';
import type { AddedClaim, SubjectTemplate, Template } from '@latchkey/identity';
import type { Network } from '@latchkey/networks';

/** A place in the file as an editor counts it: the first line is 1, the first column is 1. */
export type Position = { line: number; column: number };

/** Something worth telling about an upstream file. `code` is stable and documented in docs/diagnostics.md. */
export type Diagnostic = {
  code: string;
  severity: 'error' | 'warning';
  /** A sentence that says what to write. Values of headers and credentials in addresses are never in it. */
  message: string;
  file: string;
  line: number;
  column: number;
};

/** A header to set, as it is spelled in the file. */
export type HeaderEntry = readonly [name: string, value: string];

/** Which pages of other origins may call an application, as browsers hear it. */
export type Cors = {
  /** as browsers write them; at least one */
  origins: readonly string[];
  /** empty: the one that is asked for */
  methods: readonly string[];
  /** empty: those that are asked for */
  headers: readonly string[];
  credentials: boolean;
  /** how long browsers remember it; undefined: as long as they do by themselves */
  maxAgeMs: number | undefined;
};

/** What an application has to answer before the proxy is ready. */
export type WaitFor = {
  path: string;
  /** how long a start waits */
  timeoutMs: number;
  /** both included */
  expect: { least: number; most: number };
};

/** What is spoken before TLS, so that TLS begins on a connection that began without it. */
export type StartTls = 'postgres';

/** How long a TCP connection may be open; absent: for as long as its session. */
export type TcpLimits = {
  /** without a byte in either direction */
  readonly idleMs?: number;
  /** in all */
  readonly longestMs?: number;
};

/** What requests are signed for with the credentials that the proxy has at AWS. */
export type AwsSigv4 = { readonly service: string; readonly region: string };

/** How people get certificates for the sshd that a route leads to. */
export type SshCertificate = {
  readonly keyFile: string;
  /** with places for what is known of a person */
  readonly principals: readonly [string, ...string[]];
};

/** What is to be said of the key of an SSH authority: it cannot be used, or everybody may read it. */
export type SshKeyFinding = { readonly kind: 'unusable' | 'readable'; readonly message: string };

/** Where requests of a route go. */
export type Target = {
  /** `http://127.0.0.1:4200`: scheme, host and, unless it is the default one, port; or `tcp://db.internal:5432`, `tls://cache.internal:6379`. */
  origin: string;
  /** The host name that was asked for had a part in `origin`, so that the client has a say in where it leads. */
  madeByHost?: true;
  /** The path of the Unix socket at which it listens, if it does; `origin` then holds what it gets as its host. */
  socketPath?: string;
  /** Put in front of the request's path. Empty, or `/x` with no slash at its end. */
  basePath: string;
  /** Put in front of the request's query. Empty, or `a=b` with no question mark. */
  query: string;
};

/** What is spoken with an application: HTTP/1.1, HTTP/2 over TLS, or HTTP/2 without TLS and with nothing before it. */
export type UpstreamProtocol = 'http1' | 'h2' | 'h2c';

/** Options of a route whose values are files that a connection is secured with. */
export type TlsFileOption =
  'ca_file' | 'client_cert_file' | 'client_key_file' | 'ca_cert_file' | 'ca_key_file';

/** The paths of those that are given. */
export type TlsFiles = Readonly<Partial<Record<TlsFileOption, string>>>;

/** How connections to an application are secured, where it is not as everybody does it. */
export type TlsOptions = {
  /** what the application is asked for, and has to show, in place of the host of `to` */
  readonly serverName?: string;
  readonly files: TlsFiles;
};

/** What certificates for clients say of them. */
export type CertifiedNames = { readonly subject: SubjectTemplate; readonly sanUri?: Template };

/** How who asks is named to an application by a certificate that is made for them. The authority is among the `TlsFiles`. */
export type ClientIdentity = {
  readonly lifetimeMs: number;
  readonly person: CertifiedNames;
  /** absent: machines are refused */
  readonly machine?: CertifiedNames;
  /** as the file has it */
  readonly written: {
    readonly subject: string;
    readonly sanUri?: string;
    readonly machineSubject?: string;
  };
};

/** What is to be said of a file: it cannot be used, everybody may read the key in it, or what it holds is over soon. */
export type TlsFileFinding = {
  readonly kind: 'unusable' | 'readable' | 'ends_soon' | 'over';
  readonly option: TlsFileOption;
  /** goes on after the name of the option, and says what to do */
  readonly message: string;
};

/** Slugs of sign-in providers, each once. */
export type ProviderSlugs = readonly [first: string, ...others: string[]];

/** What a route says of callers with tokens. */
export type Bearer = TokenRules & {
  /** whether the application gets the `Authorization` header all the same */
  readonly passesOn: boolean;
};

/** How a service is shown in the launcher. */
export type Launcher = {
  title: string;
  description: string | undefined;
  icon: string | undefined;
  hidden: boolean;
};

/** One host, or one pattern of hosts, with everything that was decided about it when the file was read. */
export type Route = {
  /** Unique in its table and the same after an unrelated edit, so that logs and metrics may use it. */
  id: string;
  service: string;
  /** `from` as the file has it. */
  from: string;
  /** `to` as the file has it; a launcher has none. Where a request goes is said by the match. */
  to?: string;
  /** `host` or `host:port` as requests are looked up; a rewrite route has a pattern instead. */
  host?: string;
  /** What is behind it is not HTTP: bytes are carried, for so long. */
  tcp?: TcpLimits;
  /** A `launcher` shows the applications that a person may open. It has no target. */
  kind: 'simple' | 'rewrite' | 'launcher';
  rules: AccessRules;
  publicPaths: readonly PathPattern[];
  skipAuthPreflight: boolean;
  /** absent where no token counts */
  bearer?: Bearer;
  /** whether it lets in a service account that has a secret, or is known by tokens of an issuer: these are exchanged here then */
  exchangesTokens?: true;
  /** its `policy`, without the guardrail */
  writtenRules: readonly WrittenRule[];
  tags: readonly string[];
  /** compiled from these and the guardrail: who may pass */
  policy: Policy;
  passAccessToken: boolean;
  /** whether a service worker may control all of the host, our own addresses too */
  allowRootServiceWorker: boolean;
  /** whether a server in front may ask about requests that it forwards by itself */
  forwardAuth: boolean;
  /** whose sessions are good here; people are sent to the first one, which lets them choose */
  providerSlugs: ProviderSlugs;
  /** so long after the provider had them prove who they are, people prove it again; absent: never */
  maxAuthAgeMs?: number;
  /** so long after they last used it, likewise; absent: never */
  idleTimeoutMs?: number;
  cors?: Cors;
  /** the origins of pages, besides its own, that may open WebSockets */
  allowedOrigins: readonly string[];
  /** in lower case: they travel on where a server in front that is trusted says them; absent: there are none */
  deviceHeaders?: ReadonlySet<string>;
  /** names of headers that never travel on; one that ends in `*` stands for all that begin so */
  stripRequestHeaders: readonly string[];
  injectRequestHeaders: readonly HeaderEntry[];
  headerOverrides: readonly HeaderEntry[];
  /** the header that carries assertions, and what stands in front of the token there */
  assertionHeader: { readonly name: string; readonly scheme: string };
  assertionClaims: readonly AddedClaim[];
  timeoutMs: number;
  resetDeadlineMs: number;
  /** how long an idle connection to the application is kept */
  keepAliveMs: number;
  preserveHost: boolean;
  /** addresses of the application in its answers are not replaced by public ones */
  preserveLocation: boolean;
  protocol: UpstreamProtocol;
  tlsSkipVerify: boolean;
  tls: TlsOptions;
  /** absent: the application learns nothing by a certificate of who asks */
  clientIdentity?: ClientIdentity;
  /** how TLS begins on a TCP connection; absent: at once, or never */
  startTls?: StartTls;
  /** the connector that leads to the application; absent: the proxy reaches it itself */
  via?: string;
  skipRequestSigning: boolean;
  waitFor?: WaitFor;
  awsSigv4?: AwsSigv4;
  sshCertificate?: SshCertificate;
  launcher?: Launcher;
  position: Position;
};

/**
 * The route of a host and where its requests go. There is no target for a launcher, and none where a rewrite template
 * gave no address for this host: answer that with 502.
 */
export type RouteMatch = {
  route: Route;
  target: Target | undefined;
  /** Whether `from` names the very port that was asked for. */
  namesPort?: true;
};

/** Whose tokens an issuer issues: those of programs that act for themselves, or of people. */
export type Callers = 'machines' | 'people';

/** Who may issue tokens to programs, and what has to be in them. */
export type Issuer = {
  /** as tokens have it in `iss`, byte for byte */
  readonly issuer: string;
  /** one of them has to be in `aud` */
  readonly audiences: readonly string[];
  readonly callers: Callers;
  /** of people, for whose addresses it may vouch; `*` alone: for all */
  readonly emailDomains: readonly string[];
  readonly keys: IssuerKeys;
  /** none of them with a shared secret */
  readonly algorithms: readonly string[];
  readonly leewayMs: number;
  /** how its claims are called; of several the first that is there */
  readonly claims: {
    readonly subject: string;
    readonly scopes: readonly string[];
    readonly groups: string | undefined;
    readonly client: readonly string[];
  };
};

/** Where the public keys of an issuer are: at its own word, an address, or a path. */
export type IssuerKeys = { readonly from: 'discovery' | 'url' | 'file'; readonly at: string };

/** One token of a service account, which nobody has but the program. */
export type ServiceTokenHash = {
  /** as `latchkey keys service-token` prints it */
  readonly hash: string;
  /** milliseconds since the epoch; undefined: never */
  readonly expiresAt: number | undefined;
};

/** A program that is known by a token of its own, by the role of AWS that it works in, or by what a token of an issuer says. */
export type ServiceAccount = {
  readonly principal: Machine;
  readonly tokens: readonly ServiceTokenHash[];
  readonly awsRole?: AwsRole & { readonly arn: string };
  readonly workload?: Workload;
};

/** Ranges of addresses that rules name. */
export type NamedNetwork = { readonly name: string; readonly ranges: readonly Network[] };

/** What the root of a file says for all routes. */
export type RootSettings = {
  readonly issuers: readonly Issuer[];
  /** by their names */
  readonly serviceAccounts: ReadonlyMap<string, ServiceAccount>;
  /** the name of the service account of each connector, by the names of connectors */
  readonly connectors: ReadonlyMap<string, string>;
  readonly networks: readonly NamedNetwork[];
  /** headers in which servers in front say something of a device, by the names of facts; in lower case */
  readonly deviceHeaders: ReadonlyMap<string, string>;
  /** what a request has to pass on every route */
  readonly guardrail: readonly WrittenRule[];
};

export type RouteTable = {
  root: RootSettings;
  /** In file order, extra routes after all others: the order in which patterns are tried. */
  routes: readonly Route[];
  /** Every group that a rule names, sorted, without `*`: what there is to ask the provider about. */
  groups: readonly string[];
  /**
   * The route of a host: the exact host with its port, then the exact host, then the patterns in order.
   * `host` is lower-case, without port and without a trailing dot; `port` is what the Host header named, if anything.
   */
  match(host: string, port: number | undefined): RouteMatch | undefined;
};

/** What applies where neither the file nor its `defaults` say anything: the `UPSTREAM_DEFAULT_*` variables. */
export type UpstreamDefaults = {
  emailDomains: readonly string[];
  emailAddresses: readonly string[];
  groups: readonly string[];
  timeoutMs: number;
  resetDeadlineMs: number;
  provider: string;
  /** absent where there is nothing to say */
  tls?: TlsOptions;
};

export type UpstreamInput = {
  /** The name that diagnostics carry. Nothing is read from it. */
  file: string;
  text: string;
  /** The section that is laid over `default`. Empty: only `default` sections are read. */
  cluster: string;
  /** For a `to` that names no scheme. */
  scheme: 'http' | 'https';
  defaults: UpstreamDefaults;
  /** `SSO_CONFIG_*` with the prefix off and in lower case: the values of `{{name}}`. */
  templateVariables: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, for what is over or will be soon. Absent: the time of day. */
  now?: number;
  /** Looks at the files that a route names. Absent, they are believed to be there: they are those of another machine. */
  lookAtFiles?: (files: TlsFiles) => readonly TlsFileFinding[];
  /** Looks at a file with keys of an issuer: why it cannot be used, and what to do. Absent, likewise. */
  lookAtKeys?: (path: string, issuer: string) => string | undefined;
  /** The same for the key of an SSH authority. */
  lookAtSshKey?: (path: string) => readonly SshKeyFinding[];
};

/** `table` is there when, and only when, no diagnostic is an error. */
export type LoadedUpstreams = { table: RouteTable | undefined; diagnostics: readonly Diagnostic[] };

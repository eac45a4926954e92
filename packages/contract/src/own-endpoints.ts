import { tokenPath } from './token.ts';

/** An address of the proxy itself, on every host of an application. */
export type OwnEndpoint = {
  readonly path: string;
  /** with all that is below it */
  readonly below?: true;
  /** others are answered 405; `any`: whatever a server in front or a form sends */
  readonly methods: readonly ('GET' | 'HEAD' | 'POST')[] | 'any';
  /** what StatsD calls a request for it, as BuzzFeed SSO did; `proxy` where that had none */
  readonly action: 'auth' | 'callback' | 'proxy' | 'robots' | 'sign_out';
  /** in one or two plain sentences */
  readonly meaning: string;
  /** the variable, or the option of the route, without which it is the application's */
  readonly onlyWith?: 'ASSERTION_KEY' | 'bearer' | 'service_accounts' | 'tcp' | 'ssh_certificate';
};

const reading = ['GET', 'HEAD'] as const;

/**
 * The addresses that are ours on every host. They hide an upstream's own, so the list is exact: everything else below
 * `/oauth2/` belongs to the upstream.
 */
export const ownEndpoints = {
  robots: {
    path: '/robots.txt',
    methods: reading,
    action: 'robots',
    meaning: 'Asks search engines not to index anything.',
  },
  auth: {
    path: '/oauth2/auth',
    methods: 'any',
    action: 'auth',
    meaning:
      'For a server in front that asks about each request and understands 2xx, 401 and 403 (nginx: `auth_request`): 202 if the person has access, 403 if not, 401 if nobody is signed in. The answer is about the requested host and its rules about people; no path is public here. With [`forward_auth`](upstreams.md#forward_auth) it is about the request that a trusted server names in `X-Original-URL` and `X-Original-Method`, or in the headers of `/oauth2/forward-auth`, and the answer contains the identity.',
  },
  forwardAuth: {
    path: '/oauth2/forward-auth',
    methods: 'any',
    action: 'auth',
    meaning:
      'For a server in front that sends every answer but 2xx to the browser (Traefik, Caddy): 200 if the request may be forwarded, otherwise the answer of the proxy itself, such as the redirect to the sign-in. With `forward_auth` it is about the request that a trusted server names in `X-Forwarded-Host`, `-Proto`, `-Uri` and `-Method`; without it, like `/oauth2/auth`. [How to set it up](forward-auth.md).',
  },
  extAuthz: {
    path: '/oauth2/ext-authz',
    below: true,
    methods: 'any',
    action: 'auth',
    meaning:
      'The same for Envoy (`ext_authz` over HTTP, as its `path_prefix`): path and query of the request follow this prefix.',
  },
  me: {
    path: '/oauth2/me',
    methods: reading,
    action: 'proxy',
    meaning:
      'Who is signed in, as JSON: e-mail address, name, provider, the groups that the route names, and begin and end of the session. `checked_at` is when auth last confirmed the session. `in_grace` is true while auth cannot be reached and the proxy relies on that confirmation.',
  },
  apps: {
    path: '/oauth2/apps',
    methods: reading,
    action: 'proxy',
    meaning:
      'On the host of a launcher: the applications that a person may open, as a page or JSON. On other hosts: a redirect to the launcher, or 404 if no launcher has the same provider.',
  },
  appsScript: {
    path: '/oauth2/apps.js',
    methods: reading,
    action: 'proxy',
    meaning: 'The script of the launcher.',
  },
  signIn: {
    path: '/oauth2/sign_in',
    methods: reading,
    action: 'proxy',
    meaning:
      'Begins a sign-in for a host that cannot read the shared cookie. With `?rd=`, the person is redirected to that address after the sign-in; a server in front can send people here. `rd` is percent-encoded, and is a path of this host or an address of any host with a route. Other addresses are refused: 400 `return_address_refused`.',
  },
  callback: {
    path: '/oauth2/callback',
    methods: reading,
    action: 'callback',
    meaning:
      'The end of such a sign-in: the browser brings a one-time code, and gets the session of this host.',
  },
  refresh: {
    path: '/oauth2/refresh',
    methods: reading,
    action: 'proxy',
    meaning:
      "For a page that must stay open, such as a single-page application after a 401. The page opens this address in a small window or a tab. This address signs the person in if necessary, sends `{ type: 'latchkey:session_renewed' }` to the page that opened it, by `postMessage` and on the `BroadcastChannel` `latchkey`, and closes itself. Only pages of the same origin receive the message.",
  },
  signOut: {
    path: '/oauth2/sign_out',
    methods: 'any',
    action: 'sign_out',
    meaning: 'Redirects to the sign-out page, which asks before it ends the session.',
  },
  person: {
    path: '/oauth2/person',
    methods: [...reading, 'POST'],
    action: 'proxy',
    meaning: 'The target of the button with which a person confirms that they continue with another account.',
  },
  certs: {
    path: '/oauth2/v1/certs',
    methods: reading,
    action: 'proxy',
    meaning: 'The public keys of `Sso-Signature`, as a JSON object with the key ids as names.',
  },
  jwks: {
    path: '/oauth2/v1/jwks',
    methods: reading,
    action: 'proxy',
    meaning:
      'The public keys of assertions (`X-Latchkey-Jwt-Assertion`), as a JWK Set. Auth publishes them, too.',
  },
  wellKnownJwks: {
    path: '/.well-known/jwks.json',
    methods: reading,
    action: 'proxy',
    onlyWith: 'ASSERTION_KEY',
    meaning: 'The same keys, at the address where some libraries look for them.',
  },
  resourceMetadata: {
    path: '/.well-known/oauth-protected-resource',
    below: true,
    methods: reading,
    action: 'proxy',
    onlyWith: 'bearer',
    meaning:
      'Metadata for programs: which server issues tokens for this application (RFC 9728). With a further path, the metadata are about that path.',
  },
  token: {
    path: tokenPath,
    methods: ['POST'],
    action: 'proxy',
    onlyWith: 'service_accounts',
    meaning:
      'A service account gets a token for this application here, valid for an hour at most. It presents its secret ([client credentials](machines.md#a-short-lived-token-instead-of-the-secret), RFC 6749) or [the token of its issuer](machines.md#a-token-that-is-valid-for-longer) (RFC 8693, RFC 7523).',
  },
  tcp: {
    path: '/oauth2/tcp',
    methods: ['GET'],
    action: 'proxy',
    onlyWith: 'tcp',
    meaning:
      '`latchkey tunnel` opens a TCP connection here, as a WebSocket ([beyond-http.md](beyond-http.md)). The rules apply to it as to any request. Everything else on the host of such a route is answered 404 `not_a_web_page`.',
  },
  sshCertificate: {
    path: '/oauth2/ssh-certificate',
    methods: ['POST'],
    action: 'proxy',
    onlyWith: 'ssh_certificate',
    meaning:
      '`latchkey ssh` gets a certificate for the sshd behind the route here ([beyond-http.md](beyond-http.md#ssh)): `{"public_key": "ssh-ed25519 …"}` is answered with `certificate`, `principals` and `expires_at`. The rules apply to it as to a connection.',
  },
} as const satisfies Record<string, OwnEndpoint>;

/** The name of one of the proxy's own addresses. */
export type OwnEndpointName = keyof typeof ownEndpoints;

const all: readonly OwnEndpoint[] = Object.values(ownEndpoints);

/** Their paths. */
export const ownPaths: ReadonlySet<string> = new Set(all.map(({ path }) => path));

const byPath: ReadonlyMap<string, OwnEndpoint> = new Map(all.map((endpoint) => [endpoint.path, endpoint]));
const withMoreBelow = all.filter(({ below }) => below);

/** Which of them is at a path, as it came. */
export function ownEndpointAt(rawPath: string): OwnEndpoint | undefined {
  return byPath.get(rawPath) ?? withMoreBelow.find(({ path }) => rawPath.startsWith(`${path}/`));
}

/** Tells whether a path, as it came, is one of them. */
export function isOwnPath(rawPath: string): boolean {
  return ownEndpointAt(rawPath) !== undefined;
}

/**
 * Tells whether a path, as it came, is ours on a route.
 *
 * @param has.assertions applications get assertions
 */
export function isOwnPathWith(has: { readonly assertions: boolean }): (
  rawPath: string,
  route: {
    readonly bearer?: unknown;
    readonly exchangesTokens?: true;
    readonly tcp?: unknown;
    readonly sshCertificate?: unknown;
  },
) => boolean {
  return function isOurs(rawPath, { bearer, exchangesTokens, tcp, sshCertificate }) {
    const endpoint = ownEndpointAt(rawPath);
    if (endpoint?.onlyWith === 'ASSERTION_KEY') return has.assertions;
    if (endpoint?.onlyWith === 'bearer') return bearer !== undefined;
    if (endpoint?.onlyWith === 'service_accounts') return exchangesTokens === true;
    if (endpoint?.onlyWith === 'tcp') return tcp !== undefined;
    if (endpoint?.onlyWith === 'ssh_certificate') return sshCertificate !== undefined;
    return endpoint !== undefined;
  };
}

/** The health check, answered under any host and before anything else. */
export const healthPath = '/ping';

/**
 * Tells whether a request is a health check, by its target alone: a checker over HTTP/1.0 sends no `Host`, and whether
 * we are well depends on nothing else that a request says.
 */
export function isHealthCheck({ url = '' }: { url?: string | undefined }): boolean {
  return url === healthPath || url.startsWith(`${healthPath}?`);
}

/** The method that an ALB calls on the targets of a group with the protocol version GRPC, unless configured otherwise. */
export const grpcHealthPath = '/AWS.ALB/healthcheck';

/** The reference of the proxy's own addresses, in Markdown, as it stands in `docs/endpoints.md`. */
export function renderEndpointReference(): string {
  return [
    '<!-- generated: do not edit; run npx --yes pnpm@12.21.0 run docs -->',
    '',
    '# Addresses of the proxy itself',
    '',
    'The proxy answers these addresses itself, on every host, and never forwards them. Everything else below `/oauth2/` belongs to the application. A method that is not listed is answered 405.',
    '',
    '| path | methods | what it is for |',
    '| --- | --- | --- |',
    `| \`${healthPath}\` | any | The health check, with any \`Host\` or none. It answers 200, or 503 in these cases: after the signal to stop; after the start, while the settings of auth and the proxy do not match, so that nobody could sign in; after the start, while an application with [\`wait_for\`](upstreams.md#wait_for) has not answered. |`,
    `| \`${grpcHealthPath}\` | any | The health check of an ALB that checks by gRPC. It answers the gRPC status 12, which the ALB expects, or 14 when \`/ping\` answers 503. |`,
    ...all.map(
      ({ path, below, methods, meaning, onlyWith }) =>
        `| \`${path}${below ? '/…' : ''}\` | ${methodsText(methods)} | ${meaning}${onlyWith === undefined ? '' : ` Needs ${needsText[onlyWith]}; otherwise the path belongs to the application.`} |`,
    ),
    '',
  ].join('\n');
}

const needsText: Readonly<Record<NonNullable<OwnEndpoint['onlyWith']>, string>> = {
  ASSERTION_KEY: '`ASSERTION_KEY`',
  bearer: '[`bearer`](upstreams.md#programs-with-tokens) of the route',
  service_accounts:
    '[`bearer`](upstreams.md#programs-with-tokens) of a route that lets in a service account with `secret_hashes` or an `issuer`',
  tcp: '[`to: tcp://…`](upstreams.md#databases-ssh-and-other-tcp)',
  ssh_certificate: '[`ssh_certificate`](upstreams.md#ssh_certificate) of the route',
};

function methodsText(methods: OwnEndpoint['methods']): string {
  return methods === 'any' ? 'any' : methods.join(', ');
}

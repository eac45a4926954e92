/** How loud an error is in the log: `info` is daily life, `warn` deserves a look, `error` is ours to repair. */
export type ErrorLevel = 'info' | 'warn' | 'error';

type ErrorEntry = {
  /** HTTP status of the answer. */
  readonly status: number;
  /** Heading of the page. */
  readonly title: string;
  /** Public text: what happened and what the person can do. Never holds anything from the request. */
  readonly sentence: string;
  readonly level: ErrorLevel;
  /** For operators, in Markdown: what causes it and what to check. */
  readonly description: string;
};

/**
 * Every error either service answers with. The page, the JSON body, the log level and `docs/errors.md` all come from
 * this table; codes are public and stay.
 */
export const errors = {
  bad_request: {
    status: 400,
    title: 'This request could not be read',
    sentence: 'Something in the address or in the request is malformed. Check the address and try again.',
    level: 'info',
    description:
      'The request has no reading, or two of them: a malformed `Host`, path, header or form. It was refused before anything was decided about it. Check what the client sends and what stands between it and the service; the log line says which part was refused.',
  },
  invalid_grant: {
    status: 400,
    title: 'This code cannot be redeemed',
    sentence: 'The code is unknown, too old, used already, or belongs to another browser.',
    level: 'warn',
    description:
      'Between the services (RFC 6749, section 5.2): the proxy showed a code that auth does not take. The log line of auth says which of its bonds failed. Check that every task of auth has the same `SESSION_KEY`, and that the clocks agree.',
  },
  sign_out_incomplete: {
    status: 400,
    title: 'You may still be signed in',
    sentence:
      'Your browser sent more cookies than we look at, and your session may be among the rest. Delete the cookies of this site and its applications, then sign out again.',
    level: 'warn',
    description:
      'The browser holds more than 50 cookies under the name of the session cookie that look like ours. What was found among the first 50 has ended; the rest was not looked at. An application of the same domain plants them: look for which one sets cookies with `Domain`.',
  },
  not_signed_in: {
    status: 401,
    title: 'You are not signed in',
    sentence: 'You need to be signed in for this. Sign in and try again.',
    level: 'info',
    description:
      'A request that is not a page visit came without a valid session, so it was not redirected. A form or a frame, which a person reads, gets a page with a link that signs in beside it; an API call or a WebSocket gets JSON that carries `sign_in_url`. Where it happens to people who have just signed in, check that `SESSION_COOKIE_NAME`, `SESSION_COOKIE_DOMAIN` and `SESSION_COOKIE_SECRET` are the same in both services.',
  },
  client_refused: {
    status: 401,
    title: 'Unknown client',
    sentence: 'This address is for the services of this installation only.',
    level: 'warn',
    description:
      'A caller of the endpoints between the services gave missing or wrong credentials. Check that `CLIENT_ID` and `CLIENT_SECRET` are the same in both services. If they are, somebody else is calling: `SERVER_INTERNAL_PORT` keeps others away from there. Credentials count in the `Authorization` header (Basic) only.',
  },
  access_denied: {
    status: 403,
    title: 'You do not have access',
    sentence:
      'You are signed in, but this application is not open to your account. Ask the people who run it for access, or sign in with another account.',
    level: 'info',
    description:
      'The person is signed in and no rule of the route lets them in. The page, the JSON body and the log line name the account, the rule and the reason. Check `allowed_groups`, `allowed_email_domains` and `allowed_email_addresses` of the route: any one of them suffices.',
  },
  account_refused: {
    status: 403,
    title: 'This account cannot sign in here',
    sentence: 'The account that you chose may not sign in here. Choose another account and try again.',
    level: 'info',
    description:
      'The provider vouched for the person, but auth admits no such account. Check `AUTHORIZE_EMAIL_DOMAINS` and `AUTHORIZE_EMAIL_ADDRESSES`, and the hosted domain of a Google provider. An address that is not plain ASCII with one `@`, or has more than 254 characters, is admitted by no rule, `*` included; page and log line say so. Give the account an address of plain letters at the provider.',
  },
  email_unverified: {
    status: 403,
    title: 'Your e-mail address is not verified',
    sentence:
      'Your provider has not verified the e-mail address of this account. Verify it there, then sign in again.',
    level: 'info',
    description:
      'The provider answered without an e-mail address or with one that it has not verified, so it proves nothing about who the person is. Check that the scope includes `email` and that the provider sends `email_verified`.',
  },
  provider_refused: {
    status: 403,
    title: 'The sign-in was not completed',
    sentence:
      'The provider did not confirm the sign-in. Perhaps it was cancelled, or the account may not use this application. Try again.',
    level: 'info',
    description:
      'The provider came back with an `error` in place of a code: the person cancelled, or the provider does not admit them to this client. The log line holds the value of `error`. Check who is assigned to the client at the provider.',
  },
  connection_credentials: {
    status: 403,
    title: 'This sign-in cannot work here',
    sentence:
      'Your browser wants to be known by its connection, but connections are shared here. Tell the people who run the application.',
    level: 'info',
    description:
      'A request to a public path tried to authenticate its connection to the application, by NTLM or Negotiate. Every later request on that connection would count as the same person’s, and where there is no session nobody can be told from anybody, so it is refused: take the path out of `skip_auth_regex`, or switch Windows authentication off for it in the application. A session that uses them has a connection to itself.',
  },
  cross_site_request: {
    status: 403,
    title: 'This came from another site',
    sentence:
      'To protect you, this can only be done from our own pages. Open the page directly and try again.',
    level: 'warn',
    description:
      'A request that changes something was sent by a page of another site, going by `Sec-Fetch-Site` and `Origin`; or an address that begins, finishes or ends a sign-in was asked for by an image, a frame, a script or ahead of time, and not visited. If it happens on our own pages, something on the way changes these headers or the host and scheme that the service sees: check `SERVER_TRUSTED_PROXIES`.',
  },
  attempt_unknown: {
    status: 400,
    title: 'This sign-in is no longer open',
    sentence:
      'It may have taken too long, been finished already, or been started in another browser. Start again from the application.',
    level: 'info',
    description:
      'A person came back from the provider to auth, or from auth to an application, without the cookie of the attempt: it is gone, expired, used, or belongs to another browser. Now and then this is a bookmarked or reloaded sign-in. If it happens at every sign-in, check that the browser accepts cookies from that host, and that every task has the same secrets: `SESSION_KEY` at auth, `SESSION_COOKIE_SECRET` at the proxy.',
  },
  return_address_refused: {
    status: 400,
    title: 'This sign-in link is not valid',
    sentence:
      'The link is incomplete, too old, or leads to an address that is not ours. Start again from the application.',
    level: 'warn',
    description:
      'The `redirect_uri` is unsigned, signed with another key, past its five minutes, or names a host that is not allowed. Check that `CLIENT_SECRET` is the same in both services, that their clocks agree, and that `AUTHORIZE_PROXY_DOMAINS` covers the hosts of the applications.',
  },
  redirect_loop: {
    status: 400,
    title: 'Your browser did not keep the sign-in',
    sentence:
      'You were signed in more than once, and each time the browser came back without the session cookie. Allow cookies for this site, then try again.',
    level: 'warn',
    description:
      'The third round trip to auth in a row ended without the session cookie, so it was stopped. Either the browser refuses cookies, or it was never given one that reaches this host: check that the host lies under `SESSION_COOKIE_DOMAIN`, that a `Secure` cookie is not used over plain HTTP, and that name and secrets of the cookie are the same in both services.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    sentence: 'The page does not exist. Check the address.',
    level: 'info',
    description:
      'The path is none of the service’s own. An application’s own 404 is passed on as it is and never has this code.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This cannot be done here',
    sentence: 'This address does not take this kind of request. Go back and try again from the page.',
    level: 'info',
    description:
      'The path exists, but not for this method. The `Allow` header lists the methods that it takes.',
  },
  body_too_slow: {
    status: 408,
    title: 'This took too long to arrive',
    sentence: 'What was sent did not arrive in time. Check the connection and try again.',
    level: 'info',
    description:
      'A body that must be in memory before it is signed took longer than `SERVER_TIMEOUT_READ` and a second for each 16 KB of it. With `skip_request_signing` on the route, bodies may take as long as they flow.',
  },
  body_too_large: {
    status: 413,
    title: 'This request is too large',
    sentence: 'More was sent than can be taken here. Send less and try again.',
    level: 'info',
    description:
      'A body that the service reads into memory was over its limit. Bodies that are forwarded as they come have no limit.',
  },
  person_changed: {
    status: 409,
    title: 'You are signed in as somebody else',
    sentence:
      'Another person was signed in here in this browser before. Check whose account this is before you enter anything.',
    level: 'warn',
    description:
      'The shared session cookie names another person than the one whom this browser was here before, or the browser sent cookies of several people. Somebody may have signed in anew; or the page of a sibling host has put a session of its own into the browser, so that people work in an account that is not theirs. The person decides on the page; programs get 401 with the reason `session_other_person` until then. If nobody changed accounts, look at the applications below `SESSION_COOKIE_DOMAIN`.',
  },
  unknown_host: {
    status: 421,
    title: 'No application lives here',
    sentence:
      'Nothing is set up under this name. Check the spelling of the address, or ask the people who gave it to you.',
    level: 'info',
    description:
      'The host is in no `from` of the upstream file. Check its spelling there, that `UPSTREAM_CLUSTER` names the intended section, and that `UPSTREAM_CONFIGFILE` is set at all. Or the address names a port that is not ours, as the log line then says: write the ports at which browsers reach the applications into `SERVER_PUBLIC_PORTS`, or the port of one application into its `from`. At auth: the host is not `SERVER_HOST`.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests from your network',
    sentence:
      'More sign-ins than usual came from your address within a minute. Wait a minute, then try again.',
    level: 'warn',
    description:
      'One address asked for more of the sign-in pages than `SERVER_RATE_LIMIT` allows, or tried more credentials between the services. `client` of the log line is the address; for IPv6, all of its /64 counts together. If it is that of your load balancer, it is missing from `SERVER_TRUSTED_PROXIES`; if it is that of a large office, raise the limit. The proxy with the right credentials has no limit.',
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong on our side',
    sentence:
      'This is not your fault. Try again in a moment; if it happens again, give the reference to the people who run this.',
    level: 'error',
    description:
      'A defect: nothing else that is known fits. The log line with the same id holds the stack. Please report it.',
  },
  provider_failed: {
    status: 502,
    title: 'The sign-in provider gave a wrong answer',
    sentence: 'Your provider answered in a way that cannot be used. Try again in a moment.',
    level: 'error',
    description:
      'The provider answered, but not as the protocol asks: no JSON, a wrong issuer, audience or nonce, an ID token that none of the issuer’s published keys has signed, or no usable subject. Check client id, client secret and issuer of the provider, and that the client’s ID tokens are signed with a key of the provider (RS256, ES256 …) and not with the client secret (HS256); the log line says what was wrong.',
  },
  connection_authentication: {
    status: 502,
    title: 'The application asks for a sign-in that cannot work here',
    sentence:
      'It wants to know you by your connection, but connections are shared here. Tell the people who run it.',
    level: 'error',
    description:
      'The application said, by `Persistent-Auth` or by the reply of a handshake, that a connection is authenticated which others share; every later request on it would count as the same person’s, so it was closed. A session that uses NTLM or Negotiate has a connection to itself, but here the request did not say that it would. Switch authentication by connection off in the application.',
  },
  upstream_unreachable: {
    status: 502,
    title: 'The application is not answering',
    sentence: 'The application cannot be reached. Try again in a moment, or tell the people who run it.',
    level: 'error',
    description:
      'No connection to `to` of the route, or it broke before an answer came. Check that the application runs, that its address and port are right, and that the network lets the proxy through. A rewrite route whose target the host name helped to make is not let to loopback, link-local and metadata addresses; the log line says so.',
  },
  upstream_malformed: {
    status: 502,
    title: 'The application gave an answer that cannot be read',
    sentence: 'It did answer, but not in the way that the web asks for. Tell the people who run it.',
    level: 'error',
    description:
      'The head of the answer is malformed or ambiguous: more than one `Content-Length`, lines that end without a carriage return or go on in the next one, a control character in a value, a `Transfer-Encoding` besides `chunked`, a head over 64 KiB, or no HTTP at all (does `to` name a port that speaks TLS?). The log line says what was found. Such an answer is not repaired, because the next reader might repair it differently: correct it in the application, which may have carried the request out all the same.',
  },
  sign_in_unavailable: {
    status: 503,
    title: 'Your sign-in cannot be finished right now',
    sentence:
      'The service that you signed in at cannot be reached from the application. Try again in a moment.',
    level: 'error',
    description:
      'The browser brought a code of auth to an application’s host, and the proxy could not redeem it. Check that auth runs and that the proxy reaches it at `PROVIDER_URL_INTERNAL`.',
  },
  session_unverified: {
    status: 503,
    title: 'Your access cannot be checked right now',
    sentence:
      'You are still signed in, but the service that knows your groups cannot be reached. Try again in a moment.',
    level: 'error',
    description:
      'The proxy could not ask auth about a session that it has not seen before, and the route needs groups. Nobody was signed out. Check that auth runs and that the proxy reaches it at `PROVIDER_URL_INTERNAL`.',
  },
  bodies_too_many: {
    status: 503,
    title: 'Too much is being sent at once',
    sentence: 'Too many uploads are under way. Try again in a moment.',
    level: 'error',
    description:
      'The bodies of signed requests are held in memory, 32 MiB of them in each task of the proxy, and a quarter of that for those up to 256 KiB alone. One person may have half of it, and so may all together who are not signed in. Write `skip_request_signing` on routes that take uploads, or start more tasks. If there should be few, somebody floods the route.',
  },
  upstream_busy: {
    status: 503,
    title: 'The application is busy',
    sentence: 'Too many requests to the application are under way. Try again in a moment.',
    level: 'error',
    description:
      'As many requests and WebSockets to the address in `to` of the route are under way as may be (`UPSTREAM_MAX_CONNECTIONS`, counted by each task of the proxy), and no place came free within five seconds, or too many were waiting already. Of one person, or of all who are not signed in, it is half as many. Check whether the application answers slowly, or somebody floods it. Where it rightly has that many streams or WebSockets open, start more tasks or raise the number.',
  },
  overloaded: {
    status: 503,
    title: 'Too many people are signing in',
    sentence: 'There is more to do at the moment than can be done at once. Try again in a moment.',
    level: 'error',
    description:
      'Fifty requests of strangers are being worked on, and either three hundred more wait already or none came to an end within five seconds. Either the provider is slow (see `latchkey_provider_question_duration_seconds`), or somebody floods the sign-in pages from many addresses. Questions of the proxy about sessions do not wait in this line.',
  },
  provider_unavailable: {
    status: 503,
    title: 'The sign-in provider cannot be reached',
    sentence: 'Your provider is not available at the moment. Try again in a few minutes.',
    level: 'error',
    description:
      'Auth could not connect to the provider, or the provider answered 429 or 5xx. Check the network from auth to the provider, and the provider’s status page.',
  },
  provider_timeout: {
    status: 504,
    title: 'The sign-in provider took too long',
    sentence: 'Your provider did not answer in time. Try again in a few minutes.',
    level: 'error',
    description:
      'The provider took the request and did not answer before the deadline. Check the provider’s status page and the network between.',
  },
  upstream_timeout: {
    status: 504,
    title: 'The application took too long',
    sentence:
      'The application did not answer in time, and may still be working on your request. If this happens again, tell the people who run it.',
    level: 'error',
    description:
      'The application did not begin its answer within `timeout` of the route (default: `UPSTREAM_DEFAULT_TIMEOUT`). Check the application, or raise `timeout` for it.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** The name of an error: public, stable, the same in page, JSON, log and metrics. */
export type ErrorCode = keyof typeof errors;

type HttpErrorOptions = {
  /** What was found, for the log only. It is never shown, and must not hold a secret, token, code or state. */
  readonly detail?: string;
  /** The account that it is about, for the log and for the person themselves. */
  readonly user?: string | undefined;
  /** Headers that the answer needs, such as `allow` or `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
};

/** An answer from the table, thrown: whoever catches it renders the page or the JSON of its code. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly user: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, { detail, user, headers = {}, cause }: HttpErrorOptions = {}) {
    // The message is the public title: should a handler we did not write ever print it, nothing leaks.
    super(errors[code].title, cause === undefined ? undefined : { cause });
    this.code = code;
    this.detail = detail;
    this.user = user;
    this.headers = headers;
  }
}

/** The error table as `docs/errors.md`: a heading per code, in the form that prettier leaves alone. */
export function renderErrorReference(): string {
  const sections = Object.entries<ErrorEntry>(errors).map(([code, entry]) =>
    [
      `## ${code}`,
      `**${entry.status}** · logged as \`${entry.level}\` · “${entry.title}”`,
      `> ${entry.sentence}`,
      entry.description,
    ].join('\n\n'),
  );
  return [introduction, ...sections].join('\n\n') + '\n';
}

const introduction = `# Errors

Every error that Latchkey itself answers has one of these codes. It is the \`error\` of the JSON body and the \`error\` of the log line; the page shows the quoted text. \`request_id\` in the JSON body, “Reference” on the page and \`id\` in the log are the same value.

This file is generated by \`npx --yes pnpm@12.21.0 run docs\` from \`packages/http/src/errors.ts\`.`;

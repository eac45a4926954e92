import type { ErrorEntry } from './entry.ts';

/** The sign-in, from the redirect to auth until the session is there. */
export const signInErrors = {
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
  provider_failed: {
    status: 502,
    title: 'The sign-in provider gave a wrong answer',
    sentence: 'Your provider answered in a way that cannot be used. Try again in a moment.',
    level: 'error',
    description:
      'The provider answered, but not as the protocol asks: no JSON, a wrong issuer, audience or nonce, an ID token that none of the issuer’s published keys has signed, or no usable subject. Check client id, client secret and issuer of the provider, and that the client’s ID tokens are signed with a key of the provider (RS256, ES256 …) and not with the client secret (HS256); the log line says what was wrong.',
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
  sign_in_unavailable: {
    status: 503,
    title: 'Your sign-in cannot be finished right now',
    sentence:
      'The service that you signed in at cannot be reached from the application. Try again in a moment.',
    level: 'error',
    description:
      'The browser brought a code of auth to an application’s host, and the proxy could not redeem it. Check that auth runs and that the proxy reaches it at `PROVIDER_URL_INTERNAL`.',
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
  overloaded: {
    status: 503,
    title: 'Too many people are signing in',
    sentence: 'There is more to do at the moment than can be done at once. Try again in a moment.',
    level: 'error',
    description:
      'Fifty requests of strangers are being worked on, and either three hundred more wait already or none came to an end within five seconds. Either the provider is slow (see `latchkey_provider_question_duration_seconds`), or somebody floods the sign-in pages from many addresses. Questions of the proxy about sessions do not wait in this line.',
  },
} as const satisfies Record<string, ErrorEntry>;

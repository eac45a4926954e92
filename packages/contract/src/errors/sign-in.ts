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
      'A person came back from the provider to auth, or from auth to an application, without the cookie of the sign-in that they began: it was deleted, is too old, was used already, or is in another browser. This can also be a sign-in page that was bookmarked or reloaded. If it happens at every sign-in, check that the browser accepts cookies from that host, and that every task has the same secrets: `SESSION_KEY` at auth, `SESSION_COOKIE_SECRET` at the proxy.',
  },
  return_address_refused: {
    status: 400,
    title: 'This sign-in link is not valid',
    sentence:
      'The link is incomplete, too old, or leads to an address that is not ours. Start again from the application.',
    level: 'warn',
    description:
      'The `redirect_uri` has no signature or one of another key, is older than five minutes, or names a host that is not allowed. Or the `rd` of `/oauth2/sign_in` is not the address of a host that has a route: write it encoded and with `https://`. Check that `CLIENT_SECRET` is the same in both services, that their clocks agree, and that `AUTHORIZE_PROXY_DOMAINS` covers the hosts of the applications.',
  },
  redirect_loop: {
    status: 400,
    title: 'Your browser did not keep the sign-in',
    sentence:
      'You were signed in more than once, and each time the browser came back without the session cookie. Allow cookies for this site, then try again.',
    level: 'warn',
    description:
      'The browser came back from auth three times in a row without the session cookie, so the loop was stopped. Either the browser refuses cookies, or it never got one for this host. Check that the host lies under `SESSION_COOKIE_DOMAIN`, that a `Secure` cookie is not used over plain HTTP, and that both services have the same name and secrets for the cookie.',
  },
  account_refused: {
    status: 403,
    title: 'This account cannot sign in here',
    sentence: 'The account that you chose may not sign in here. Choose another account and try again.',
    level: 'info',
    description:
      'The provider confirmed who the person is, but auth does not admit this account. Check `AUTHORIZE_EMAIL_DOMAINS` and `AUTHORIZE_EMAIL_ADDRESSES`, and the hosted domain of a Google provider. An address that is not plain ASCII with one `@`, or has more than 254 characters, is refused by every rule, also by `*`; the page and the log line say so. Give the account an ASCII address at the provider.',
  },
  email_unverified: {
    status: 403,
    title: 'Your e-mail address is not verified',
    sentence:
      'Your provider has not verified the e-mail address of this account. Verify it there, then sign in again.',
    level: 'info',
    description:
      'The provider sent no e-mail address, or one that it has not verified. Such an address does not prove who the person is. Check that the scope includes `email` and that the provider sends `email_verified`.',
  },
  provider_refused: {
    status: 403,
    title: 'The sign-in was not completed',
    sentence:
      'The provider did not confirm the sign-in. Perhaps it was cancelled, or the account may not use this application. Try again.',
    level: 'info',
    description:
      'The provider sent an `error` instead of a code: the person cancelled, or may not use this client at the provider. The log line holds the value of `error`. Check who is assigned to the client at the provider. Or they were signed out everywhere, here or at the provider, while this sign-in was under way; the log line says so.',
  },
  provider_failed: {
    status: 502,
    title: 'The sign-in provider gave an invalid answer',
    sentence: 'Your provider answered in a way that cannot be used. Try again in a moment.',
    level: 'error',
    description:
      'The answer of the provider does not follow the protocol: no JSON, a wrong issuer, audience or nonce, an ID token that none of the issuer’s published keys has signed, or no usable subject. Check client id, client secret and issuer of the provider, and that the client’s ID tokens are signed with a key of the provider (RS256, ES256 …) and not with the client secret (HS256); the log line says what was wrong.',
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
      'The provider took the request and did not answer in time. Check the provider’s status page, and the network between auth and the provider.',
  },
  sign_in_unavailable: {
    status: 503,
    title: 'Your sign-in cannot be finished at the moment',
    sentence: 'The sign-in service cannot be reached. Try again in a moment.',
    level: 'error',
    description:
      'The browser brought a code of auth to the host of an application, and the proxy could not reach auth to redeem it. Check that auth runs, and that the proxy reaches it at `PROVIDER_URL_INTERNAL`.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests from your network',
    sentence:
      'More sign-ins than usual came from your address within a minute. Wait a minute, then try again.',
    level: 'warn',
    description:
      'One address asked for sign-in pages more often than `SERVER_RATE_LIMIT` allows, or tried too many credentials at the endpoints between the services. The address is `client` in the log line; for IPv6 a whole /64 counts as one. If it is your load balancer, add it to `SERVER_TRUSTED_PROXIES`. If it is a large office, raise the limit. The proxy with the right credentials has no limit.',
  },
  overloaded: {
    status: 503,
    title: 'Too many people are signing in',
    sentence: 'The sign-in has too much to do at the moment. Try again in a moment.',
    level: 'error',
    description:
      'Auth works on fifty requests of people who are not signed in at the same time. Three hundred more were waiting, or none was finished within five seconds. Either the provider is slow (see `latchkey_provider_question_duration_seconds`), or the sign-in pages are under attack from many addresses. Requests of the proxy about sessions do not wait for this.',
  },
} as const satisfies Record<string, ErrorEntry>;

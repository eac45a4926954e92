import type { ErrorEntry } from './entry.ts';

/** The session: who asks, and what is open to them. */
export const sessionErrors = {
  not_signed_in: {
    status: 401,
    title: 'You are not signed in',
    sentence: 'You need to be signed in for this. Sign in and try again.',
    level: 'info',
    description:
      'A request without a valid session was not redirected, because it is not a page visit. A form or a frame gets a page with a link to sign in; an API call or a WebSocket gets JSON with `sign_in_url`. If it happens to people who have just signed in, check that `SESSION_COOKIE_NAME`, `SESSION_COOKIE_DOMAIN` and `SESSION_COOKIE_SECRET` are the same in both services.',
  },
  invalid_token: {
    status: 401,
    title: 'This token is not valid',
    sentence:
      'The token in the Authorization header has expired, or is not valid here. Get a new one and try again.',
    level: 'info',
    description:
      'A program called a route with `bearer: true`, and its token was not accepted; `reason` is `token_expired` or `token_invalid`. The log line says in `detail` what is wrong with it, for example its audience (`aud`), or its issuer, which has to be among `issuers` of the upstream file. For a role of AWS it says what is wrong with the presigned request, or that no service account has this role. The caller gets `WWW-Authenticate: Bearer error="invalid_token"` (RFC 6750).',
  },
  insufficient_scope: {
    status: 403,
    title: 'This token is not enough',
    sentence: 'The token in the Authorization header lacks a scope that this application asks for.',
    level: 'info',
    description:
      'The token of a program is valid but lacks a scope: one of `required_scopes` of the route, or all of its `allowed_scopes` where nothing else lets it in. `WWW-Authenticate` names the scopes (RFC 6750).',
  },
  request_denied: {
    status: 403,
    title: 'This is not allowed',
    sentence: 'A rule of this installation refuses what you asked for. The people who run it know why.',
    level: 'info',
    description:
      'A rule of a `policy` refuses the request, or the guardrail lets nobody in who comes like this: `reason` says which, and `policy` names the rule. `rule_undecided` means that the rule reads something that the request does not have, such as a path that can be read in two ways. `latchkey explain` shows each fact that it reads. See [policies.md](policies.md).',
  },
  access_denied: {
    status: 403,
    title: 'You do not have access',
    sentence:
      'You are signed in, but this application is not open to your account. Ask the people who run it for access, or sign in with another account.',
    level: 'info',
    description:
      'The person is signed in, but no rule of the route gives them access. The page, the JSON body and the log line name the account, the rule and the reason. Check `allowed_groups`, `allowed_email_domains` and `allowed_email_addresses` of the route: one that matches is enough.',
  },
  person_changed: {
    status: 409,
    title: 'You are signed in as somebody else',
    sentence:
      'Another person was signed in here in this browser before. Check whose account this is before you enter anything.',
    level: 'warn',
    description:
      'The shared session cookie names another person than before in this browser, or the browser sent cookies of several people. Perhaps somebody signed in with another account. Or an application of a sibling host has put a session of its own into the browser, so that people work in an account that is not theirs. The person decides on the page; until then programs get 401 with the reason `session_other_person`. If nobody changed accounts, look at the applications below `SESSION_COOKIE_DOMAIN`.',
  },
  session_unverified: {
    status: 503,
    title: 'Your access cannot be checked at the moment',
    sentence:
      'You are still signed in, but the service that knows your groups cannot be reached. Try again in a moment.',
    level: 'error',
    description:
      'The proxy could not ask auth about a session that it does not know yet, and the route needs groups. With the reason `token_unverified` it is about a token that the proxy cannot verify. Look in its log for `the keys of an issuer cannot be fetched`, or for `STS cannot be asked about a role of AWS`: the proxy has to reach STS in the region of the caller over HTTPS. Nobody was signed out. Check that auth runs, and that the proxy reaches it at `PROVIDER_URL_INTERNAL`.',
  },
  sign_out_incomplete: {
    status: 400,
    title: 'You may still be signed in',
    sentence:
      'Your browser sent too many cookies, and we did not look at all of them. Delete the cookies of this site and its applications, then sign out again.',
    level: 'warn',
    description:
      'The browser holds more than 50 cookies that have the name of the session cookie and look like ours. The sessions among the first 50 were ended; the others were not checked. They come from an application on the same domain: find the application that sets cookies with `Domain`.',
  },
} as const satisfies Record<string, ErrorEntry>;

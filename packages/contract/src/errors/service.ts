import type { ErrorEntry } from './entry.ts';

/** What the services ask each other. */
export const serviceErrors = {
  client_refused: {
    status: 401,
    title: 'Unknown client',
    sentence: 'This address is for the services of this installation only.',
    level: 'warn',
    description:
      'A request to an endpoint between the services had no credentials, or wrong ones. Check that `CLIENT_ID` and `CLIENT_SECRET` are the same in both services. If they are, somebody else sends these requests: `SERVER_INTERNAL_PORT` keeps others away. Credentials count only in the `Authorization` header (Basic).',
  },
  operator_refused: {
    status: 401,
    title: 'Unknown operator',
    sentence: 'This address is for the operators of this installation only.',
    level: 'warn',
    description:
      'A request to `/admin` of auth, or for operators at `ADMIN_PORT` of either service, had no secret, or a wrong one. Check that `latchkey sessions` has the `ADMIN_SECRET` of auth, and that callers of the proxy have the one of the proxy. If so, somebody else tries: let only the proxy and your operators reach `SERVER_INTERNAL_PORT`, and only your operators and your metrics system reach `ADMIN_PORT`. The secret counts only in the `Authorization` header (Bearer).',
  },
  session_unknown: {
    status: 404,
    title: 'This session is not known',
    sentence: 'It may have ended already. Look at the list of sessions again.',
    level: 'info',
    description:
      'Somebody wanted to end a session that auth does not know: it is over, or nobody has used it since auth began to remember, or it belongs to another person. `latchkey sessions revoke --email` ends sessions that auth does not know, too.',
  },
  invalid_grant: {
    status: 400,
    title: 'This cannot be redeemed',
    sentence: 'What was shown is unknown, too old, used already, or belongs to another browser or program.',
    level: 'warn',
    description:
      'The proxy sent a code that auth does not accept, or a program sent such a code or refresh token (RFC 6749, section 5.2). The log line of auth says what does not match. A program whose sign-in is over has to sign in again. At an application: the token of a workload comes from no issuer of the upstream file, has expired, or fits no service account; the log line of the proxy says why. Check that every task of auth has the same `SESSION_KEY`, and that the clocks agree.',
  },
  logout_token_refused: {
    status: 400,
    title: 'This logout token is not valid',
    sentence: 'The token is malformed, too old, used already, or not from the provider of this address.',
    level: 'warn',
    description:
      'Somebody sent a logout token to `/<slug>/backchannel_logout` that auth does not accept (OpenID Connect Back-Channel Logout 1.0, section 2.6), and nothing was ended. The log line says what is wrong. If your provider sent it, check that it is registered for this slug, with the same client id and issuer, that the client’s tokens are signed with a key of the provider (RS256, ES256 …), and that the clocks agree: a token counts for ten minutes at most. If it was used already, the provider sent it twice, and the first one was accepted.',
  },
  store_unavailable: {
    status: 503,
    title: 'This cannot be done at the moment',
    sentence: 'You have not been signed out. Try again in a moment.',
    level: 'error',
    description:
      'Auth cannot reach the store that its tasks share (`REDIS_URL`), so it cannot know which sessions have ended, and gives no answer about sessions. People who are signed in keep access during the grace period (`SESSION_TTL_GRACEPERIOD` of the proxy); nobody can sign in. The log line has the reason, and `latchkey_store_up` is 0. Auth recovers by itself when the store is back.',
  },
  audit_unavailable: {
    status: 503,
    title: 'This cannot be done at the moment',
    sentence: 'This has to be written into a log first, and that fails. Try again in a moment.',
    level: 'error',
    description:
      'The audit log (`AUDIT_LOG`) cannot be written, and `AUDIT_LOG_ON_FAILURE` is `refuse`: until it can be written, nobody can sign in or open a TCP connection (`latchkey tunnel`), and no token or certificate is issued. People who are signed in can go on using web applications. The log says what is wrong: make room on the disk, or repair the process that reads the pipe. The service recovers by itself.',
  },
} as const satisfies Record<string, ErrorEntry>;

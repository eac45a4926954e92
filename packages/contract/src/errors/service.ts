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
  invalid_grant: {
    status: 400,
    title: 'This code cannot be redeemed',
    sentence: 'The code is unknown, too old, used already, or belongs to another browser.',
    level: 'warn',
    description:
      'The proxy sent a code that auth does not accept (RFC 6749, section 5.2). The log line of auth says what does not match. Check that every task of auth has the same `SESSION_KEY`, and that the clocks agree.',
  },
  store_unavailable: {
    status: 503,
    title: 'This cannot be done at the moment',
    sentence: 'You have not been signed out. Try again in a moment.',
    level: 'error',
    description:
      'Auth cannot reach the store that its tasks share (`REDIS_URL`), so it cannot know which sessions have ended, and gives no answer about sessions. People who are signed in keep access during the grace period (`SESSION_TTL_GRACEPERIOD` of the proxy); nobody can sign in. The log line has the reason, and `latchkey_store_up` is 0. Auth recovers by itself when the store is back.',
  },
} as const satisfies Record<string, ErrorEntry>;

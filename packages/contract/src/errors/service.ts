import type { ErrorEntry } from './entry.ts';

/** What the services ask each other. */
export const serviceErrors = {
  client_refused: {
    status: 401,
    title: 'Unknown client',
    sentence: 'This address is for the services of this installation only.',
    level: 'warn',
    description:
      'A caller of the endpoints between the services gave missing or wrong credentials. Check that `CLIENT_ID` and `CLIENT_SECRET` are the same in both services. If they are, somebody else is calling: `SERVER_INTERNAL_PORT` keeps others away from there. Credentials count in the `Authorization` header (Basic) only.',
  },
  invalid_grant: {
    status: 400,
    title: 'This code cannot be redeemed',
    sentence: 'The code is unknown, too old, used already, or belongs to another browser.',
    level: 'warn',
    description:
      'Between the services (RFC 6749, section 5.2): the proxy showed a code that auth does not take. The log line of auth says which of its bonds failed. Check that every task of auth has the same `SESSION_KEY`, and that the clocks agree.',
  },
} as const satisfies Record<string, ErrorEntry>;

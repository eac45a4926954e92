import type { ErrorEntry } from './entry.ts';

/** Programs that act for people: the words are those of OAuth 2.0, which is what programs read. */
export const programErrors = {
  invalid_request: {
    status: 400,
    title: 'This program asks in a wrong way',
    sentence: 'What it sent is incomplete or cannot be read. Ask the people who made the program.',
    level: 'info',
    description:
      'A program asked auth for access in a way that auth does not accept (RFC 6749, section 5.2): a parameter is missing or not valid, or the address to go back to is not one of the client. The log line says what it is.',
  },
  invalid_client: {
    status: 401,
    title: 'This program is not known',
    sentence: 'Nobody can be let in for a program that is not known here.',
    level: 'info',
    description:
      'The `client_id` is not known to auth. The command line is `latchkey-cli`. Other programs have registered (`PROGRAM_REGISTRATION`), or their `client_id` is the address of a document about them (`PROGRAM_DOCUMENTS`) that auth can fetch; the log line says what was wrong with it. The proxy sends its own credentials in the `Authorization` header, to `SERVER_INTERNAL_PORT` if that is set. At an application: the `client_id` is no service account, or the `client_secret` is not one of its tokens, or has expired; the log line of the proxy says why.',
  },
  invalid_client_metadata: {
    status: 400,
    title: 'This program cannot be registered',
    sentence: 'What it says of itself is incomplete, too long, or cannot be read.',
    level: 'info',
    description:
      'With `PROGRAM_REGISTRATION` programs register themselves (RFC 7591): `redirect_uris`, and with it `client_name`, 400 characters in all, and no other `token_endpoint_auth_method` than `none`.',
  },
  invalid_redirect_uri: {
    status: 400,
    title: 'This program cannot be registered',
    sentence: 'It wants people to be sent back to an address that cannot be used.',
    level: 'info',
    description:
      'A program may register addresses over `https://`, and over `http://` those of the computer itself: `127.0.0.1`, `[::1]` and `localhost`.',
  },
  invalid_scope: {
    status: 400,
    title: 'This program asks for too much',
    sentence: 'It asks for more than what was approved, or in a form that cannot be read.',
    level: 'info',
    description:
      'The `scope` of a program cannot be read (RFC 6749, section 3.3), is longer than 512 characters, or is more than what the person has approved, or than what the service account has.',
  },
  invalid_target: {
    status: 400,
    title: 'This application is not known',
    sentence: 'The program asks for an application that is not one of ours, or for none.',
    level: 'info',
    description:
      'The `resource` of a program (RFC 8707) is missing, is not the address of an application, or is another one than the person has approved. Its host has to be within `AUTHORIZE_PROXY_DOMAINS`. Where a program asks an application for a token: it named another one, or no rule of this one lets its service account in.',
  },
  unsupported_grant_type: {
    status: 400,
    title: 'This cannot be exchanged for access',
    sentence: 'The program wants to get in in a way that is not known here.',
    level: 'info',
    description:
      'The `grant_type` is none that auth takes from programs: `authorization_code`, `refresh_token` or `urn:ietf:params:oauth:grant-type:device_code`; and none that an application takes from service accounts: `client_credentials`, `urn:ietf:params:oauth:grant-type:token-exchange` or `…:jwt-bearer`.',
  },
  authorization_pending: {
    status: 400,
    title: 'Nobody has answered yet',
    sentence: 'The person has not approved or refused yet.',
    level: 'info',
    description: 'A program looks whether its code was approved, as it should (RFC 8628, section 3.5).',
  },
  slow_down: {
    status: 400,
    title: 'Too often',
    sentence: 'Wait for some seconds longer before you look again.',
    level: 'info',
    description: 'A program looks for its approval more often than every five seconds.',
  },
  expired_token: {
    status: 400,
    title: 'This code is over',
    sentence: 'Nobody has approved it in time. Start again.',
    level: 'info',
    description:
      'A code for another device is good for ten minutes and for one use. With `REDIS_URL` unset, a restart of auth ends it, too.',
  },
  approval_refused: {
    status: 400,
    title: 'This page is no longer valid',
    sentence:
      'You have answered it already, it is too old, or it was shown to somebody else. Start again from the program.',
    level: 'info',
    description:
      'A person pressed a button of the page that asks whether a program may act for them, and auth does not take the answer. The log line says why.',
  },
} as const satisfies Record<string, ErrorEntry>;

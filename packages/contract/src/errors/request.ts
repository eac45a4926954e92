import type { ErrorEntry } from './entry.ts';

/** The request: what is asked, and how it was sent. */
export const requestErrors = {
  bad_request: {
    status: 400,
    title: 'This request could not be read',
    sentence: 'Something in the address or in the request is malformed. Check the address and try again.',
    level: 'info',
    description:
      'The request is malformed or ambiguous: its `Host`, path, framing, a header or a form cannot be read, or can be read in two ways. It was refused before anything was decided about it. The log line says which part it was. Check what the client sends, and the servers between it and the service.',
  },
  unknown_host: {
    status: 421,
    title: 'There is no application here',
    sentence:
      'Nothing is set up under this name. Check the spelling of the address, or ask the people who gave it to you.',
    level: 'info',
    description:
      'No `from` of the upstream file has this host. Check how it is written there, that `UPSTREAM_CLUSTER` names the right section, and that `UPSTREAM_CONFIGFILE` is set. If the log line says that the port is not ours, add the port to `SERVER_PUBLIC_PORTS` for all applications, or to the `from` of one application. At auth: the host is not `SERVER_HOST`.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    sentence: 'The page does not exist. Check the address.',
    level: 'info',
    description:
      'The service has nothing at this path. A 404 of an application is forwarded unchanged and never has this code.',
  },
  not_a_web_page: {
    status: 404,
    title: 'This is not a web page',
    sentence:
      'What is here is opened by a program on your own machine: run latchkey tunnel, followed by this host name.',
    level: 'info',
    description:
      'The route has `to: tcp://…`, so there is nothing for a browser: a database, SSH or another protocol is behind it. `latchkey tunnel HOST` opens it on the machine of the person; see beyond-http.md.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This cannot be done here',
    sentence: 'This address does not take this kind of request. Go back and try again from the page.',
    level: 'info',
    description:
      'The path exists, but not for this method. The `Allow` header lists the methods that it takes.',
  },
  cross_site_request: {
    status: 403,
    title: 'This came from another site',
    sentence:
      'To protect you, this can only be done from our own pages. Open the page directly and try again.',
    level: 'warn',
    description:
      'A page of another site sent a request that changes something (`Sec-Fetch-Site` and `Origin` say so). Or an image, a frame, a script or a prefetch requested an address that begins or finishes a sign-in, or signs out; only a page visit may do that. If it happens on pages of the service itself, a server in front changes these headers, or the host or scheme: check `SERVER_TRUSTED_PROXIES`.',
  },
  body_too_slow: {
    status: 408,
    title: 'This took too long to arrive',
    sentence: 'What was sent did not arrive in time. Check the connection and try again.',
    level: 'info',
    description:
      'The body of a request that is signed has to be in memory first, and it took longer than `SERVER_TIMEOUT_READ` plus one second for each 16 KB. With `skip_request_signing` on the route, a body may take any time as long as it keeps arriving. Or the form of a token request did not arrive within `SERVER_TIMEOUT_READ`.',
  },
  body_too_large: {
    status: 413,
    title: 'This request is too large',
    sentence: 'More was sent than can be taken here. Send less and try again.',
    level: 'info',
    description:
      'A body that the service must read into memory was larger than its limit. Bodies that are only forwarded have no limit.',
  },
  bodies_too_many: {
    status: 503,
    title: 'Too much is being sent at once',
    sentence: 'Too many uploads are under way. Try again in a moment.',
    level: 'error',
    description:
      'The bodies of signed requests are held in memory: at most 32 MiB in each task of the proxy, a quarter of it only for bodies up to 256 KiB. One person may use half of it, and so may all together who are not signed in. Write `skip_request_signing` on routes that take uploads, or start more tasks. If you do not expect so many uploads, the route may be under attack.',
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong on our side',
    sentence:
      'This is not your fault. Try again in a moment; if it happens again, give the reference to the people who run this.',
    level: 'error',
    description:
      'A defect of Latchkey. The log line with the same id holds the stack trace. Please report it.',
  },
} as const satisfies Record<string, ErrorEntry>;

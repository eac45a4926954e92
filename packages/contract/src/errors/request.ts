import type { ErrorEntry } from './entry.ts';

/** The request: what is asked, and how it was sent. */
export const requestErrors = {
  bad_request: {
    status: 400,
    title: 'This request could not be read',
    sentence: 'Something in the address or in the request is malformed. Check the address and try again.',
    level: 'info',
    description:
      'The request has no reading, or two of them: a malformed `Host`, path, header or form. It was refused before anything was decided about it. Check what the client sends and what stands between it and the service; the log line says which part was refused.',
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
  cross_site_request: {
    status: 403,
    title: 'This came from another site',
    sentence:
      'To protect you, this can only be done from our own pages. Open the page directly and try again.',
    level: 'warn',
    description:
      'A request that changes something was sent by a page of another site, going by `Sec-Fetch-Site` and `Origin`; or an address that begins, finishes or ends a sign-in was asked for by an image, a frame, a script or ahead of time, and not visited. If it happens on our own pages, something on the way changes these headers or the host and scheme that the service sees: check `SERVER_TRUSTED_PROXIES`.',
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
  bodies_too_many: {
    status: 503,
    title: 'Too much is being sent at once',
    sentence: 'Too many uploads are under way. Try again in a moment.',
    level: 'error',
    description:
      'The bodies of signed requests are held in memory, 32 MiB of them in each task of the proxy, and a quarter of that for those up to 256 KiB alone. One person may have half of it, and so may all together who are not signed in. Write `skip_request_signing` on routes that take uploads, or start more tasks. If there should be few, somebody floods the route.',
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
} as const satisfies Record<string, ErrorEntry>;

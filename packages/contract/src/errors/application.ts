import type { ErrorEntry } from './entry.ts';

/** The application, and the connections to it. */
export const applicationErrors = {
  upstream_unreachable: {
    status: 502,
    title: 'The application is not answering',
    sentence: 'The application cannot be reached. Try again in a moment, or tell the people who run it.',
    level: 'error',
    description:
      'No connection to `to` of the route, or it broke before an answer came. Check that the application runs, that its address and port are right, and that the network lets the proxy through. A rewrite route whose target the host name helped to make is not let to loopback, link-local and metadata addresses; the log line says so.',
  },
  upstream_certificate: {
    status: 502,
    title: 'The application cannot be reached safely',
    sentence:
      'The certificate of the application was not accepted, so nothing was sent to it. Tell the people who run it.',
    level: 'error',
    description:
      'The certificate that the application showed has expired, names another host than `to` of the route, or comes from an authority that is not known. The log line says what is wrong with it, whose it is, who issued it and when it holds. Renew it there, or name the authority in `ca_file` or the name in `server_name` of the route. Or the application asks for a certificate of ours and was shown none that it accepts: see `client_cert_file`.',
  },
  upstream_malformed: {
    status: 502,
    title: 'The application gave an answer that cannot be read',
    sentence: 'It did answer, but not in the way that the web asks for. Tell the people who run it.',
    level: 'error',
    description:
      'The head of the answer is malformed or ambiguous: more than one `Content-Length`, lines that end without a carriage return or go on in the next one, a control character in a value, a `Transfer-Encoding` besides `chunked`, a head over 64 KiB, or no HTTP at all (does `to` name a port that speaks TLS?). The log line says what was found. Such an answer is not repaired, because the next reader might repair it differently: correct it in the application, which may have carried the request out all the same.',
  },
  upstream_busy: {
    status: 503,
    title: 'The application is busy',
    sentence: 'Too many requests to the application are under way. Try again in a moment.',
    level: 'error',
    description:
      'As many requests and WebSockets to the address in `to` of the route are under way as may be (`UPSTREAM_MAX_CONNECTIONS`, counted by each task of the proxy), and no place came free within five seconds, or too many were waiting already. Of one person, or of all who are not signed in, it is half as many. Check whether the application answers slowly, or somebody floods it. Where it rightly has that many streams or WebSockets open, start more tasks or raise the number.',
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
  connection_credentials: {
    status: 403,
    title: 'This sign-in cannot work here',
    sentence:
      'Your browser wants to be known by its connection, but connections are shared here. Tell the people who run the application.',
    level: 'info',
    description:
      'A request to a public path tried to authenticate its connection to the application, by NTLM or Negotiate. Every later request on that connection would count as the same person’s, and where there is no session nobody can be told from anybody, so it is refused: take the path out of `skip_auth_regex`, or switch Windows authentication off for it in the application. A session that uses them has a connection to itself.',
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
} as const satisfies Record<string, ErrorEntry>;

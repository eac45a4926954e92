import type { ErrorEntry } from './entry.ts';

/** The application, and the connections to it. */
export const applicationErrors = {
  upstream_unreachable: {
    status: 502,
    title: 'The application is not answering',
    sentence: 'The application cannot be reached. Try again in a moment, or tell the people who run it.',
    level: 'error',
    description:
      'The proxy could not connect to `to` of the route, or the connection broke before an answer came. Check that the application runs, that its address and port are right, and that the network lets the proxy through. If the host name is part of the target (a rewrite route), loopback, link-local and metadata addresses are refused; the log line says so.',
  },
  outgoing_proxy_failed: {
    status: 502,
    title: 'The application cannot be reached through the outgoing proxy',
    sentence:
      'The outgoing proxy did not open a connection to the application. Try again in a moment, or tell the people who run it.',
    level: 'error',
    description:
      'The outgoing proxy (`HTTP_PROXY`, `HTTPS_PROXY`) could not be reached, took too long, or did not answer `CONNECT` with 2xx. The log line has the proxy, its answer and the requested destination. 407: it requires a user name and a password, as in `http://name:password@proxy.internal:3128`. 403: it does not allow that host and port; many allow only port 443 by default. 502 to 504: it cannot reach the application itself. Name applications that need no proxy in `NO_PROXY`.',
  },
  connector_away: {
    status: 503,
    title: 'The application is not connected',
    sentence:
      'The application is reached through a connector beside it, and none is connected. Try again in a moment, or tell the people who run it.',
    level: 'error',
    description:
      'The route has `via`, and no connector of that name is connected to this task of the proxy. Check that the connector runs, and its log: it says why the proxy refuses it. With several tasks of the proxy, a connector that has just started reaches all of them within a minute. See [connectors.md](connectors.md).',
  },
  connector_failed: {
    status: 502,
    title: 'The application cannot be reached through its connector',
    sentence:
      'The connector of the application did not open a connection to it. Try again in a moment, or tell the people who run it.',
    level: 'error',
    description:
      'The connector of the route (`via`) did not lead to `to`. The log line has its answer. 403: the target is not in its `CONNECTOR_TARGETS`, which name it exactly as `to` does. 502: nobody answers there.',
  },
  upstream_certificate: {
    status: 502,
    title: 'The application cannot be reached safely',
    sentence:
      'The certificate of the application was not accepted, so nothing was sent to it. Tell the people who run it.',
    level: 'error',
    description:
      'The certificate that the application showed has expired, names another host than `to` of the route, or comes from an authority that is not known. The log line has the reason, the subject, the issuer and the validity of the certificate. Renew it at the application, or set `ca_file` or `server_name` on the route. Or the application requires a client certificate and did not accept the one of the proxy: see `client_cert_file`.',
  },
  client_identity: {
    status: 502,
    title: 'Your identity cannot be passed to the application',
    sentence:
      'The application asks for a certificate in your name, and none can be made. Tell the people who run it.',
    level: 'error',
    description:
      'The route has `client_identity`, and no certificate can be made for the caller, so nothing was sent. A fact that `subject` or `san_uri` names is not known of the caller, or cannot be part of a certificate (more than 64 characters in `CN`, a control character); the caller is a machine, and there is no `machine_subject`; a policy let in a caller who has not signed in; or the certificate of the authority has expired. The log line has the reason.',
  },
  upstream_without_tls: {
    status: 502,
    title: 'The application cannot be reached',
    sentence: 'The application does not protect the connection as it should. Tell the people who run it.',
    level: 'error',
    description:
      'The route has `starttls`, and the application did not go on over TLS: it has none (`ssl = on` in PostgreSQL), it sent something before TLS began, or it speaks another protocol. The log line says which.',
  },
  ssh_authority: {
    status: 502,
    title: 'There are no certificates at the moment',
    sentence: 'The key that certificates are signed with cannot be used. Tell the people who run it.',
    level: 'error',
    description:
      'The file in `ca_key_file` of `ssh_certificate` could be used when the upstream file was read, and cannot be read now or holds no key that can be used. The log line says what is wrong with it.',
  },
  ssh_principal: {
    status: 403,
    title: 'There is no certificate for this account',
    sentence:
      'Certificates for SSH are for people only, and the name of your account must fit into one. Tell the people who run it.',
    level: 'warn',
    description:
      'Only people get certificates for SSH, and no machines. A name in `principals` of `ssh_certificate` is made of the address of the person. It is refused if it has other characters than letters, digits and `_.@+-`, or if it is `root`. The log line says which one.',
  },
  aws_credentials: {
    status: 502,
    title: 'The application cannot be reached',
    sentence:
      'The proxy has no credentials for the application. Try again in a moment, or tell the people who run it.',
    level: 'error',
    description:
      'The route has `aws_sigv4`, and the credentials that requests are signed with could not be fetched: there is no task role, its endpoint did not answer in time, or the role may not be assumed. The log line has the reason.',
  },
  upstream_malformed: {
    status: 502,
    title: 'The application gave an invalid answer',
    sentence: 'The application answered, but its answer is not valid HTTP. Tell the people who run it.',
    level: 'error',
    description:
      'The head of the answer is malformed or ambiguous: more than one `Content-Length`, lines that end without a carriage return or continue in the next line, a control character in a value, a `Transfer-Encoding` other than `chunked`, headers of more than 64 KiB, no HTTP at all (is the port in `to` a TLS port?), or no HTTP/2 although `protocol` requires it. The log line says what was found. The proxy does not repair such an answer, because a browser might read it differently. Correct it in the application. It may have done what the request asked for.',
  },
  upstream_busy: {
    status: 503,
    title: 'The application is busy',
    sentence: 'Too many requests to the application are under way. Try again in a moment.',
    level: 'error',
    description:
      'The number of open requests and WebSockets to the address in `to` of the route has reached `UPSTREAM_MAX_CONNECTIONS` (each task of the proxy counts its own). None ended within five seconds, or too many were waiting. One person may have half of them, and so may all together who are not signed in. Check whether the application answers slowly, or is under attack. If it really needs that many streams or WebSockets, start more tasks or raise the limit.',
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
      'Your browser signs in by its connection (NTLM or Negotiate), but connections are shared here. Tell the people who run the application.',
    level: 'info',
    description:
      'A request to a public path tried to authenticate its connection to the application, by NTLM or Negotiate. The application would treat every later request on that connection as one of the same person, so it is refused. Take the path out of `skip_auth_regex`, or switch Windows authentication off for it in the application. Behind a sign-in it works: there each session that uses it gets its own connection.',
  },
  connection_authentication: {
    status: 502,
    title: 'The application asks for a sign-in that cannot work here',
    sentence:
      'It asks for a sign-in by connection (NTLM or Negotiate), but connections are shared here. Tell the people who run it.',
    level: 'error',
    description:
      'The application authenticated a connection that others share (`Persistent-Auth`, or the answer to a handshake, says so). It would treat every later request on it as one of the same person, so the connection was closed. A session that uses NTLM or Negotiate gets its own connection, but this request did not use them. Switch authentication by connection off in the application.',
  },
} as const satisfies Record<string, ErrorEntry>;

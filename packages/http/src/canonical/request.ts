import type { IncomingMessage } from 'node:http';
import { canonicalAuthority } from './host.ts';
import type { HostName } from './host.ts';
import { canonicalPath } from './path.ts';
import type { CanonicalPath } from './path.ts';
import type { Caller } from './peers.ts';
import { rawValues } from './raw-headers.ts';

/** What every later stage knows of a request: each fact read once, in one way. */
export type CanonicalRequest = {
  readonly method: string;
  readonly host: HostName;
  /** as written after the host, if at all */
  readonly port: number | undefined;
  /** path and query byte for byte as they came; what is forwarded */
  readonly target: string;
  readonly rawPath: string;
  /** with its `?`, or empty */
  readonly query: string;
  /** undefined when the path has two readings: then no rule that grants may match it */
  readonly path: CanonicalPath | undefined;
  /** the caller's address; from `X-Forwarded-For` only where a trusted peer vouches for it */
  readonly client: string;
  /** `X-Forwarded-For` as it may travel on: the trusted part of the chain, and the peer */
  readonly forwardedFor: string;
  /** how the caller reached the outermost trusted peer; undefined where nobody trusted says */
  readonly forwardedProto: 'http' | 'https' | undefined;
};

/** Why a request is refused before anything else looks at it. */
export type MalformedReason =
  | 'no host'
  | 'several hosts'
  | 'malformed host'
  | 'malformed target'
  | 'malformed framing'
  | MalformedOriginal;

/** Why nobody can tell which request a server in front asks about. */
export type MalformedOriginal =
  | 'no original request'
  | 'incomplete original request'
  | 'repeated original request'
  | 'conflicting original request'
  | 'malformed original request'
  | 'original request for another host';

/** What of an arriving request says what is asked for. */
export type Received = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders'>;

/**
 * Reads a request into its canonical form.
 *
 * @param trust says who is at the other end
 * @returns a string when the request has two readings: then it gets 400
 */
export function canonicalRequest<Request extends Received>(
  req: Request,
  trust: { read(req: Request): Caller },
): CanonicalRequest | MalformedReason {
  const hosts = rawValues(req.rawHeaders, 'host');
  if (hosts.length > 1) return 'several hosts';
  const [hostHeader] = hosts;
  if (hostHeader === undefined) return 'no host';
  const authority = canonicalAuthority(hostHeader);
  if (authority === undefined) return 'malformed host';

  const target = req.url ?? '';
  // RFC 9112, section 3.2: origin-form only. The absolute form names a second host, the authority form is CONNECT's,
  // and a `#` has no place in a target (CVE-2026-41059, CVE-2023-47106).
  if (!target.startsWith('/') || target.includes('#')) return 'malformed target';
  if (!hasPlainFraming(req)) return 'malformed framing';

  const questionMark = target.indexOf('?');
  const rawPath = questionMark < 0 ? target : target.slice(0, questionMark);
  const { client, forwardedFor, forwardedProto } = trust.read(req);
  return {
    method: req.method ?? 'GET',
    host: authority.host,
    port: authority.port,
    target,
    rawPath,
    query: questionMark < 0 ? '' : target.slice(questionMark),
    path: canonicalPath(rawPath),
    client,
    forwardedFor,
    forwardedProto,
  };
}

/** The port that a scheme implies. */
export const impliedPorts = { http: 80, https: 443 } as const;

/**
 * The request without a port that says nothing. Browsers leave out the one that their scheme implies; what stands in front
 * of us may write it (nginx: `$host:$server_port`), or that of its own plain HTTP where nobody trusted says how the
 * browser came.
 *
 * @param scheme in which browsers reach us
 */
export function withoutImpliedPort<Request extends Pick<CanonicalRequest, 'port' | 'forwardedProto'>>(
  request: Request,
  scheme: 'http' | 'https',
): Request {
  const { port, forwardedProto = 'http' } = request;
  const isImplied = port === impliedPorts[scheme] || port === impliedPorts[forwardedProto];
  return isImplied ? { ...request, port: undefined } : request;
}

// RFC 9112, section 6.1: a coding that we do not undo, or a list of them, leaves the next hop to guess the length.
// A request with both Content-Length and Transfer-Encoding never arrives here: Node's parser refuses it.
function hasPlainFraming(req: Received): boolean {
  const coding = req.headers['transfer-encoding'];
  return coding === undefined || coding.toLowerCase() === 'chunked';
}

import { issueClientCertificate, sanUriOf, subjectOf, UncertifiableError } from '@latchkey/identity';
import type { Certified, CertifiedFacts } from '@latchkey/identity';
import { upTo } from '@latchkey/http';
import type { Route } from '@latchkey/upstreams';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';
import { ClientIdentityError } from './certificate.ts';
import type { LiveTlsCredentials } from './live-credentials.ts';
import type { TlsCredentials, IssuingAuthority } from './tls-files.ts';

/** Who is to be named to an application. */
export type Holder = {
  /** the session, or what stands in its place: another one never gets the same certificate */
  readonly sid: string;
  readonly isMachine: boolean;
  readonly facts: CertifiedFacts;
};

/** What connections of a route are secured with: the same value for as long as they may be shared. */
export type SecuredWith = TlsCredentials | 'unusable' | ClientIdentityError;

/** Finds what the connections of somebody are secured with; undefined where nothing is said of it. */
export type SecuredBy = (
  route: Pick<Route, 'id' | 'tls' | 'clientIdentity'>,
  holder: Holder | undefined,
) => SecuredWith | undefined;

type Made = { readonly credentials: TlsCredentials; readonly keptMs: number };

// Each holds some 60 KiB, most of it what OpenSSL keeps, for as long as it is good for new connections and no longer.
const mostKept = 5_000;
// A handshake takes time, and clocks differ.
const keptFor = 0.8;

/**
 * Makes the certificates that people are named by to applications: one for each session and route, kept until shortly before
 * it is over. Where there can be none, connections are secured with the reason, so that none is opened.
 *
 * @param parts.now milliseconds since the epoch
 * @param parts.onRetired is called with each that secures no new connections any more
 */
export function createSecuredBy({
  credentials,
  now,
  onRetired,
  log,
  most = mostKept,
}: {
  credentials: Pick<LiveTlsCredentials, 'of'>;
  now: () => number;
  onRetired: (credentials: TlsCredentials) => void;
  log: Pick<Logger, 'warn'>;
  most?: number;
}): SecuredBy {
  let isCrowded = false;
  const made = new LRUCache<string, TlsCredentials>({
    ...upTo(most),
    // Their keys do not stay in memory when people have left.
    ttlAutopurge: true,
    ttlResolution: 0,
    perf: { now },
    dispose(retired, _, reason) {
      onRetired(retired);
      if (reason === 'evict') warnOnce();
    },
  });

  function warnOnce(): void {
    if (isCrowded) return;
    isCrowded = true;
    const why = `more than ${most} client certificates are in use at once, so new ones are made too often`;
    log.warn({ alarm: 'client certificates', most }, `${why}: run more tasks`);
  }

  function make(issuer: IssuingAuthority, certified: Certified, lifetimeMs: number): Made {
    const at = now();
    if (issuer.certificate.validToDate.getTime() <= at) {
      throw new ClientIdentityError('the authority in ca_cert_file of client_identity is over');
    }
    const { cert, key, until } = issueClientCertificate(issuer, certified, { now: at, lifetimeMs });
    const { chain, accepted } = issuer;
    const secureContext = createSecureContext({
      cert: cert + chain,
      key,
      ...(accepted && { ca: [...accepted] }),
    });
    const fingerprint = createHash('sha256').update(cert).digest('base64url');
    return { credentials: { secureContext, fingerprint }, keptMs: Math.ceil((until - at) * keptFor) };
  }

  function find(
    { id, clientIdentity }: Pick<Route, 'id' | 'clientIdentity'>,
    { fingerprint, issuer }: TlsCredentials,
    holder: Holder | undefined,
  ): TlsCredentials {
    if (clientIdentity === undefined || issuer === undefined) throw new Error('a route without an authority');
    if (holder === undefined) throw new ClientIdentityError('nobody is known here who could be named');
    const certified = certifiedFor(clientIdentity, holder);
    const { lifetimeMs } = clientIdentity;
    const key = JSON.stringify([id, holder.sid, certified, lifetimeMs, fingerprint]);
    const before = made.get(key);
    if (before !== undefined) return before;
    const fresh = make(issuer, certified, lifetimeMs);
    made.set(key, fresh.credentials, { ttl: fresh.keptMs });
    return fresh.credentials;
  }

  return function securedBy(route, holder) {
    const inForce = credentials.of(route.tls.files);
    if (route.clientIdentity === undefined || inForce === 'unusable') return inForce;
    if (inForce === undefined) return new ClientIdentityError('no authority of client_identity is in force');
    try {
      return find(route, inForce, holder);
    } catch (error) {
      if (error instanceof ClientIdentityError) return error;
      if (error instanceof UncertifiableError)
        return new ClientIdentityError(error.message, { cause: error });
      throw error;
    }
  };
}

function certifiedFor(
  { person, machine }: NonNullable<Route['clientIdentity']>,
  { isMachine, facts }: Holder,
): Certified {
  const names = isMachine ? machine : person;
  if (names === undefined) {
    throw new ClientIdentityError('it is a machine, and client_identity has no machine_subject');
  }
  const { subject, sanUri } = names;
  return { subject: subjectOf(subject, facts), ...(sanUri && { sanUri: sanUriOf(sanUri, facts) }) };
}

import { z } from 'zod';

const text = z.string().min(1);
/** Seconds since the epoch (RFC 7519 NumericDate). */
const numericDate = z.int();

const schema = z.object({
  /** names this sign-in; revocation is one write of it */
  sid: text,
  /** the provider's stable id of the person, unique within `idp` */
  sub: text,
  /** verified by the provider, lower-cased */
  email: text,
  /** the local part of `email`, as BuzzFeed SSO names people towards upstreams */
  user: text,
  name: text.exactOptional(),
  /** slug of the provider that vouched */
  idp: text,
  /** the domain, with everything below it, in which this session may be used */
  aud: text,
  /** handed over to one host: `aud` is that host and port as browsers write them, and nothing below it */
  host_only: z.literal(true).exactOptional(),
  /** when auth sealed it last, and so vouched for it */
  iat: numericDate,
  auth_time: numericDate,
  /** when the provider last had the person prove who they are, where it has said so itself */
  proved_at: numericDate.exactOptional(),
  /** how they did, likewise (RFC 8176): a password, a second factor */
  amr: z.array(text.max(64)).max(16).exactOptional(),
  exp: numericDate,
  /** what auth needs to ask the provider again, sealed with a key that only auth has */
  grant: text.exactOptional(),
});

/** What the session cookie says about a person. */
export type Session = Readonly<z.infer<typeof schema>>;

/** Reads opened data as a session; undefined where it has another or an older shape. */
export function readSession(data: unknown): Session | undefined {
  return schema.safeParse(data).data;
}

/** Orders sessions by when their person signed in, then by when they were sealed, the newest first. */
export function newestFirst(one: Session, other: Session): number {
  return other.auth_time - one.auth_time || other.iat - one.iat;
}

/** Tells whether the session is over at `now` (milliseconds since the epoch). */
export function isExpired(session: Session, now: number): boolean {
  return session.exp * 1000 <= now;
}

/** Where a session is to be used: the host (lower case, no port), and the authority (with the port, where it is not the usual one). */
export type SessionPlace = { readonly host: string; readonly authority: string };

/**
 * Tells whether a session issued for `session.aud` may be used at a place. Cookies know no ports (RFC 6265, section 8.5):
 * a browser sends that of one port to every other port of the host, and another program may listen there.
 */
export function covers(
  session: Pick<Session, 'aud' | 'host_only'>,
  { host, authority }: SessionPlace,
): boolean {
  return session.host_only === true ? authority === session.aud : isWithinDomain(host, session.aud);
}

/** Tells whether its person signed in longer ago than `lifeMs`, at `now` (milliseconds since the epoch). */
export function isOlderThan(session: Pick<Session, 'auth_time'>, lifeMs: number, now: number): boolean {
  return now - session.auth_time * 1000 >= lifeMs;
}

/**
 * Tells whether its person has proved who they are within `lifeMs`, at `now` (milliseconds since the epoch). Where the provider
 * has not said when they did, they have not.
 */
export function isProvedWithin(session: Pick<Session, 'proved_at'>, lifeMs: number, now: number): boolean {
  return session.proved_at !== undefined && now - session.proved_at * 1000 < lifeMs;
}

/** Tells whether `host` is `domain` itself or lies below it, at a label boundary (both canonical). */
export function isWithinDomain(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

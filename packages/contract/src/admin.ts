import { z } from 'zod';

/** Where operators ask auth about sessions, on its internal port only. */
export const adminSessionsPath = '/admin/sessions';
/** Where they end them. */
export const adminRevocationPath = '/admin/sessions/revoke';
/** Who they say they are. Anyone who has the secret can write any name here, so it is a claim and no more. */
export const operatorClaimHeader = 'latchkey-operator-claim';

/** A claim that is written into the log: some printable ASCII. */
export const operatorClaim = /^[\x20-\x7e]{1,100}$/;

const time = z.iso.datetime();

/** A session, as operators see it. */
export const adminSession = z.object({
  sid: z.string(),
  email: z.string(),
  provider: z.string(),
  signed_in_at: time,
  /** give or take five minutes */
  last_seen_at: time,
  expires_at: time,
  /** absent: not known */
  browser: z.string().exactOptional(),
  /** the client's address at the sign-in */
  address: z.string().exactOptional(),
});

/** One piece of the answer about sessions. */
export const adminSessionList = z.object({
  sessions: z.array(adminSession),
  /** there may be more; to be asked for as `after` */
  next: z.string().exactOptional(),
  /** whether all tasks remember together; otherwise this is what the asked one knows */
  shared: z.boolean(),
});

/** What is to be ended: the sessions of an e-mail address, one session, or all. */
export const revocationRequest = z.union([
  z.strictObject({ email: z.string().min(3).max(254) }),
  z.strictObject({ sid: z.string().min(1).max(64) }),
  z.strictObject({ all: z.literal(true) }),
]);

/** What came of it. */
export const revocationAnswer = z.object({
  /** how many were known; absent where nobody counts them. Those that were not known have ended as well */
  known: z.int().exactOptional(),
  shared: z.boolean(),
  /** whether every task knows; otherwise the others hear of it when the store is back */
  published: z.boolean(),
});

export type AdminSession = Readonly<z.infer<typeof adminSession>>;
export type AdminSessionList = Readonly<z.infer<typeof adminSessionList>>;
export type RevocationRequest = Readonly<z.infer<typeof revocationRequest>>;
export type RevocationAnswer = Readonly<z.infer<typeof revocationAnswer>>;

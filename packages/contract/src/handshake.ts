import { z } from 'zod';

/** Where the proxy asks auth what it goes by, to compare. */
export const handshakePath = '/oauth2/handshake';

/**
 * What the services say to each other has a version; the oldest is the one of the other that is still understood. Whatever a
 * service can do without, on either side, changes neither.
 */
export const contractVersion = { version: 1, oldest: 1 } as const;

const keys = z.array(z.string()).readonly();

/** What a service goes by and the other one has to agree with. Fields are only ever added. */
export const handshakeFacts = z.object({
  contract: z.object({ version: z.int(), oldest: z.int() }).readonly(),
  /** its time of day, milliseconds since the epoch */
  now: z.number(),
  /** fingerprints of the secrets between the services, the one that seals first */
  client_keys: keys,
  cookie: z
    .object({
      name: z.string(),
      domain: z.string().exactOptional(),
      secure: z.boolean(),
      /** fingerprints of its secrets, the one that seals first */
      keys,
    })
    .readonly(),
  /** the public keys of access tokens for programs (RFC 7517); absent: auth gives out none */
  access_token_keys: z
    .array(z.looseObject({ kty: z.string() }))
    .readonly()
    .exactOptional(),
});

/** What one service goes by. */
export type HandshakeFacts = Readonly<z.infer<typeof handshakeFacts>>;

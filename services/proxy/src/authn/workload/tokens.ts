import { workloadTokenPrefix } from '@latchkey/access';
import type { Key, KeyRing } from '@latchkey/session';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { JWTHeaderParameters } from 'jose';
import { z } from 'zod';

/** What made a program the account: what its issuer said of it, or the secret of which the file has this hash. */
export type Proof =
  | { readonly issuer: string; readonly claims: Readonly<Record<string, string>> }
  | { readonly secretHash: string };

/** What a program was given for a token of its own issuer, or for its secret. Times are milliseconds since the epoch. */
export type WorkloadToken = {
  /** the service account that it is */
  readonly account: string;
  /** the application that takes it, and no other */
  readonly origin: string;
  readonly scopes: readonly string[];
  readonly proof: Proof;
  readonly until: number;
};

/** Makes and reads tokens of workloads. */
export type WorkloadTokens = {
  sign(token: WorkloadToken): Promise<string>;
  /** Reads one that is for an application. */
  read(text: string, origin: string): Promise<WorkloadToken | 'invalid' | 'expired'>;
};

const algorithm = 'HS256';
// RFC 8725, section 3.11: it keeps them apart from every other kind of token.
const type = 'latchkey-workload+jwt';

const schema = z.object({
  sub: z.string(),
  scope: z.array(z.string()),
  proof: z.union([
    z.strictObject({ issuer: z.string(), claims: z.record(z.string(), z.string()) }),
    z.strictObject({ secretHash: z.string() }),
  ]),
  exp: z.int(),
});

/**
 * Makes it. The proxy is who gives them out and who takes them, so they are signed with a secret of its tasks and nobody else reads
 * them: applications never get one.
 *
 * @param keys of the purpose `workload token`
 * @param now milliseconds since the epoch
 */
export function createWorkloadTokens(keys: KeyRing, now: () => number): WorkloadTokens {
  const [newest] = keys;
  function keyFor({ kid }: JWTHeaderParameters): Uint8Array {
    const key = keys.find(({ id }) => id === kid);
    if (key === undefined) throw new errors.JWKSNoMatchingKey();
    return secretOf(key);
  }

  return {
    async sign({ account, origin, scopes, proof, until }) {
      const token = await new SignJWT({ scope: scopes, proof })
        .setProtectedHeader({ alg: algorithm, typ: type, kid: newest.id })
        .setSubject(account)
        .setAudience(origin)
        .setExpirationTime(Math.floor(until / 1000))
        .sign(secretOf(newest));
      return workloadTokenPrefix + token;
    },
    async read(text, origin) {
      if (!text.startsWith(workloadTokenPrefix)) return 'invalid';
      try {
        const { payload } = await jwtVerify(text.slice(workloadTokenPrefix.length), keyFor, {
          algorithms: [algorithm],
          typ: type,
          audience: origin,
          requiredClaims: ['exp'],
          currentDate: new Date(now()),
        });
        const read = schema.safeParse(payload).data;
        if (read === undefined) return 'invalid';
        const { sub: account, scope: scopes, proof, exp } = read;
        return { account, origin, scopes, proof, until: exp * 1000 };
      } catch (error) {
        if (error instanceof errors.JWTExpired) return 'expired';
        if (error instanceof errors.JOSEError) return 'invalid';
        throw error;
      }
    },
  };
}

function secretOf({ secret }: Key): Uint8Array {
  return Buffer.from(secret, 'base64url');
}

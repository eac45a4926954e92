import type { JWTPayload } from 'jose';

/** Who asks Google's directory, and can sign for it (RFC 7523). */
export type ServiceAccountSigner = {
  /** of the service account */
  readonly clientEmail: string;
  /** where an assertion becomes an access token */
  readonly tokenUrl: URL;
  /**
   * Makes an assertion of claims.
   *
   * @throws NoToken, CallError
   */
  sign(claims: JWTPayload): Promise<string>;
};

/** There is no token, and why, in words that are safe to log. */
export class NoToken extends Error {
  /** the one that asks may not, whatever it asks: that does not pass by itself */
  readonly refused: boolean;

  constructor(message: string, { refused, cause }: { refused: boolean; cause?: unknown }) {
    super(message, { cause });
    this.refused = refused;
  }
}

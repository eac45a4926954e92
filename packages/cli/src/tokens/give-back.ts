import * as oidc from 'openid-client';
import type { Io } from '../io.ts';
import { connectToAuth, saying } from './auth.ts';
import { Failure } from '../exit.ts';
import type { Tokens } from './store.ts';

/** Tells auth that these tokens are over, and all that came from them (RFC 7009); a text where it could not be reached, which says why. */
export async function giveBack(
  { issuer: written, refreshToken, accessToken }: Tokens,
  io: Io,
): Promise<string | undefined> {
  const issuer = new URL(written);
  try {
    const config = await connectToAuth(issuer, io);
    await saying(issuer, () => oidc.tokenRevocation(config, refreshToken ?? accessToken));
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.message;
  }
}

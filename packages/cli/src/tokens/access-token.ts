import { signAwsToken } from '@latchkey/access';
import * as oidc from 'openid-client';
import type { Io } from '../io.ts';
import { connectToAuth, isUnanswered, oauthErrorOf, saying } from './auth.ts';
import { Failure } from '../exit.ts';
import { tokensFrom } from './granted.ts';
import { tokenStore } from './store.ts';
import type { Tokens, TokenStore } from './store.ts';

// So long it has to be good for anyone who is given it now.
const leastMs = 60_000;

/**
 * A token for an application that is good for another minute, of the person who is signed in, or by the role of AWS that this
 * program works in.
 *
 * @throws Failure
 */
export async function tokenFor(resource: string, as: 'person' | 'AWS role', io: Io): Promise<string> {
  return as === 'person' ? freshAccessToken(resource, io) : awsRoleToken(resource, io);
}

async function freshAccessToken(resource: string, io: Io): Promise<string> {
  const store = tokenStore(io);
  const kept = store.read(resource);
  if (kept !== undefined && isFresh(kept)) return kept.accessToken;
  if (kept === undefined) throw signedOut(resource);
  // A refresh token is good once: the one that comes second finds what the first one got.
  return store.alone(resource, async () => {
    const now = store.read(resource);
    if (now === undefined) throw signedOut(resource);
    return isFresh(now) ? now.accessToken : refresh(now, store, io);
  });
}

async function refresh({ refreshToken, ...of }: Tokens, store: TokenStore, io: Io): Promise<string> {
  const { resource, issuer } = of;
  if (refreshToken === undefined) throw signedOut(resource);
  const address = new URL(issuer);
  const config = await connectToAuth(address, io);
  const exchange = () => oidc.refreshTokenGrant(config, refreshToken, { resource });
  const granted = await exchange()
    // Perhaps it was replaced and only the answer was lost: for half a minute auth takes it once more.
    .catch((error: unknown) => (isUnanswered(error) ? exchange() : Promise.reject(error)))
    .catch((error: unknown) => {
      if (oauthErrorOf(error) !== 'invalid_grant') return saying(address, () => Promise.reject(error));
      store.remove(resource);
      throw signedOut(resource);
    });
  const tokens = tokensFrom(granted, { resource, issuer, refreshToken });
  await store.write(tokens);
  return tokens.accessToken;
}

function isFresh({ expiresAt }: Tokens): boolean {
  return expiresAt - Date.now() > leastMs;
}

function signedOut(resource: string): Failure {
  return new Failure(`you are not signed in to ${resource}: run \`latchkey login ${resource}\``);
}

async function awsRoleToken(audience: string, io: Io): Promise<string> {
  const region = io.env['AWS_REGION'] ?? io.env['AWS_DEFAULT_REGION'] ?? '';
  if (!/^[a-z0-9-]+$/.test(region)) {
    throw new Failure('the AWS region is not known: set AWS_REGION, like eu-central-1');
  }
  const credentials = await io.awsCredentials().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : 'unknown';
    throw new Failure(`there are no AWS credentials (${why})`, { cause: error });
  });
  if (credentials.sessionToken === undefined) {
    throw new Failure(
      'these AWS credentials are those of a user, not of a role: run this with the credentials of a role',
    );
  }
  return signAwsToken({ region, audience, credentials, at: new Date() });
}

import type { Io } from '../io.ts';
import { connectToAuth } from './auth.ts';
import { signInByDevice } from './device.ts';
import { findAuth } from './find-auth.ts';
import { tokensFrom } from './granted.ts';
import type { Wish } from './granted.ts';
import { signInByLoopback } from './loopback.ts';
import { tokenStore } from './store.ts';
import type { Tokens } from './store.ts';

/**
 * Has a person let this program use an application: in a browser of this machine, or of another one.
 *
 * @throws Failure
 */
export async function signIn(wish: Wish, how: 'browser' | 'device', io: Io): Promise<Tokens> {
  const issuer = await findAuth(wish.resource, io);
  const config = await connectToAuth(issuer, io);
  const granted =
    how === 'browser' ? await signInByLoopback(config, wish, io) : await signInByDevice(config, wish, io);
  return tokensFrom(granted, { resource: wish.resource, issuer: issuer.href, refreshToken: undefined });
}

/**
 * Signs the person in to an application where they are not: in a browser of this machine, or by a code.
 *
 * @throws Failure
 */
export async function makeSignedIn(resource: string, io: Io): Promise<void> {
  const store = tokenStore(io);
  if (store.read(resource) !== undefined) return;
  const how = io.openBrowser === undefined ? 'device' : 'browser';
  const tokens = await signIn({ resource, scope: undefined }, how, io);
  await store.alone(resource, () => store.write(tokens));
}

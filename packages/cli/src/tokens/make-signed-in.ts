import type { Io } from '../io.ts';
import { signIn } from './sign-in.ts';
import { tokenStore } from './store.ts';

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

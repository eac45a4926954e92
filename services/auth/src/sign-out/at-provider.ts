import { HttpError } from '@latchkey/http';
import type { Logger } from 'pino';
import type { Provider } from '../providers/provider.ts';

/** A session that has ended here, and by what its provider knows whose it was. */
export type EndedSession = {
  readonly idp: string;
  readonly email: string;
  readonly idToken: string | undefined;
};

/** Where a person signs out at a provider, and whether they are led there unasked. */
export type WayOut = { readonly name: string; readonly href: string; readonly always: boolean };

type Leading = {
  readonly providers: ReadonlyMap<string, Pick<Provider, 'name' | 'signOut'>>;
  readonly log: Pick<Logger, 'warn'>;
};

/**
 * Where a person signs out at the providers of the sessions that have ended, once for each provider that they may be led to. One
 * that does not say where is left out: the person has signed out here all the same.
 */
export async function waysOut(
  ended: readonly EndedSession[],
  state: string,
  { providers, log }: Leading,
): Promise<readonly WayOut[]> {
  // Of several sessions with a provider, one that can show who it was of.
  const hinted = ended.toSorted((one, other) => Number(!one.idToken) - Number(!other.idToken));
  const ofEach = [...new Set(ended.map(({ idp }) => idp))].flatMap(
    (slug) => hinted.find(({ idp }) => idp === slug) ?? [],
  );
  const ways = await Promise.all(
    ofEach.map(async ({ idp, email, idToken }) => {
      const { name = '', signOut } = providers.get(idp) ?? {};
      if (signOut === undefined) return [];
      try {
        const { href } = await signOut.address({ idToken, email, state });
        return [{ name, href, always: signOut.always }];
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        const { code, detail } = error;
        log.warn(
          { error: code, detail, idp, user: email },
          'the address for signing out at the provider is not known',
        );
        return [];
      }
    }),
  );
  return ways.flat();
}

import { HttpError } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import type { Logger } from 'pino';
import type { Provider } from '../providers/provider.ts';
import type { Grant } from '../session/grant.ts';

/** What giving a grant back takes. */
export type GivingBack = {
  readonly providers: ReadonlyMap<string, Pick<Provider, 'revoke'>>;
  readonly log: Pick<Logger, 'warn'>;
};

/** Gives the refresh token of a session that has ended back to its provider. One that does not take it keeps nobody signed in. */
export async function giveBack(
  { idp, email }: Pick<Session, 'idp'> & Partial<Pick<Session, 'email'>>,
  grant: Grant | undefined,
  parts: GivingBack,
): Promise<void> {
  const refreshToken = grant?.refresh_token;
  if (refreshToken === undefined) return;
  try {
    await parts.providers.get(idp)?.revoke(refreshToken);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const { code, detail } = error;
    parts.log.warn(
      { error: code, detail, idp, user: email },
      'the provider did not revoke the refresh token',
    );
  }
}

import type { Session } from './record.ts';
import { sealSession } from './session-cookie.ts';
import type { SessionCookie } from './session-cookie.ts';

/**
 * Seals a session in the largest form that is taken. Where it is too large, the name goes first; then the grant stays
 * behind in the store, where it already is.
 *
 * @param seal gives undefined where the form is too large
 * @throws RangeError when even the smallest form is
 */
export async function sealFitting(
  session: Session,
  seal: (form: Session) => Promise<string | undefined>,
): Promise<string> {
  const { name: _name, ...nameless } = session;
  const { grant: _grant, ...bare } = nameless;
  for (const form of [session, nameless, bare]) {
    const sealed = await seal(form);
    if (sealed !== undefined) return sealed;
  }
  throw new RangeError('not even the smallest form of the session fits');
}

/** Seals a session for a cookie in the largest form that a browser keeps. Errors: as above. */
export function sealToFit(session: Session, cookie: SessionCookie): Promise<string> {
  return sealFitting(session, async (form) => {
    try {
      return await sealSession(form, cookie);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  });
}

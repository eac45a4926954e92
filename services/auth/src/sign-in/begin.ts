import { HttpError, replyRedirect } from '@latchkey/http';
import { newAttempt } from '@latchkey/session';
import type { AttemptCookies } from '@latchkey/session';
import { longAddressPage, replyPage } from '@latchkey/web-pages';
import type { Page } from '@latchkey/web-pages';
import type { Request } from 'express';
import type { Provider } from '../providers/provider.ts';
import { heldSessions } from '../lifecycle/open.ts';
import type { Opening } from '../lifecycle/open.ts';
import type { SessionStore } from '../lifecycle/store.ts';
import { StoreAway } from '../store/store.ts';
import { replyFailure } from '../web/failure.ts';
import type { Reply } from '../web/locals.ts';
import type { Destination, Linking } from './destination.ts';
import { startHref } from './links.ts';

/** What beginning a sign-in takes. */
export type Beginning = Linking &
  Opening & {
    /** the sign-ins under way in a browser */
    readonly attempts: Pick<AttemptCookies, 'keep'>;
    readonly store: Pick<SessionStore, 'isAway'>;
  };

/** Begins a sign-in: an attempt into the browser, and the browser to the provider. */
export async function beginSignIn(
  req: Request,
  res: Reply,
  {
    provider,
    destination,
    selectAccount = false,
  }: { provider: Provider; destination?: Destination; selectAccount?: boolean },
  parts: Beginning,
): Promise<void> {
  const { slug } = provider;
  try {
    // Who goes to the provider now would come back to an error.
    if (parts.store.isAway()) throw new StoreAway('it is away');
    const { target, codeRequest, provedWithin } = destination ?? {};
    const loginHint = selectAccount ? undefined : await loginHintFor(req, slug, parts);
    const { url, pending } = await provider.begin({ selectAccount, provedWithin, loginHint });
    const attempt = newAttempt(pending, {
      slug,
      now: parts.now(),
      ...(target !== undefined && { target }),
      ...(codeRequest !== undefined && { codeRequest }),
      ...(provedWithin !== undefined && { provedWithin }),
    });
    const setCookies = await parts.attempts.keep(req.headers.cookie, attempt);
    if (setCookies === undefined) {
      res.locals.line.detail = 'the return address is too long for a cookie';
      return replyPage(res, 200, newTabPage(res, { slug, destination, selectAccount }, parts));
    }
    res.append('Set-Cookie', setCookies);
    replyRedirect(res, url.href);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    res.set(error.headers);
    const href = startHref(slug, { destination, selectAccount }, parts);
    const actions = [{ label: 'Try again', href, primary: true }];
    replyFailure(req, res, { code: error.code, detail: error.detail, actions });
  }
}

// A person whose session with this provider is over, or not enough, is most likely who comes: with a hint the provider asks neither
// which of their accounts they mean, nor who they are where it knows.
async function loginHintFor(req: Request, slug: string, parts: Opening): Promise<string | undefined> {
  const { sessions } = await heldSessions(req.headers.cookie, parts);
  return sessions.find(({ idp }) => idp === slug)?.email;
}

// The tab that the person came with holds the whole address; only the other one goes to the provider.
function newTabPage(
  res: Reply,
  {
    slug,
    destination,
    selectAccount,
  }: { slug: string; destination: Destination | undefined; selectAccount: boolean },
  parts: Linking,
): Page {
  const start = destination && { ...destination, target: new URL('/', destination.target).href };
  return longAddressPage({
    signInHref: startHref(slug, { destination: start, selectAccount }, parts),
    href: destination?.target,
    requestId: res.locals.line.id,
  });
}

import { HttpError, replyRedirect } from '@latchkey/http';
import type { Request } from 'express';
import type { Context } from '../context.ts';
import type { Provider } from '../providers/provider.ts';
import { replyFailure } from '../web/failure.ts';
import type { Reply } from '../web/locals.ts';
import { keepAttempt } from './attempt-cookies.ts';
import { newAttempt } from './attempt.ts';
import { startHref } from './links.ts';

/** Begins a sign-in: an attempt into the browser, and the browser to the provider. */
export async function beginSignIn(
  req: Request,
  res: Reply,
  {
    provider,
    target,
    selectAccount = false,
  }: { provider: Provider; target?: string; selectAccount?: boolean },
  context: Context,
): Promise<void> {
  const { slug } = provider;
  try {
    const { url, pending } = await provider.begin({ selectAccount });
    const about = { slug, now: context.now(), ...(target !== undefined && { target }) };
    await keepAttempt(req, res, newAttempt(pending, about), context);
    replyRedirect(res, url.href);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const actions = [
      { label: 'Try again', href: startHref(slug, { target, selectAccount }, context), primary: true },
    ];
    replyFailure(req, res, { code: error.code, detail: error.detail, actions });
  }
}

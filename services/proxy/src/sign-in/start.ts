import { isReason } from '@latchkey/access';
import { replyHtml, replyRedirect } from '@latchkey/http';
import { codeChallengeOf, newAttempt } from '@latchkey/session';
import type { AttemptCookies } from '@latchkey/session';
import { longAddressPage, onwardPage, replyPage } from '@latchkey/web-pages';
import type { Request, Response } from 'express';
import { randomBytes } from 'node:crypto';
import { ownRequestOf } from '../endpoints/own-request.ts';
import { provedWithinMs } from '../authn/freshness.ts';
import type { Addresses } from './addresses.ts';

/**
 * `GET /oauth2/sign_in`: begins a sign-in whose session is handed over to this host by a code. An attempt goes into the
 * browser, and the browser to auth.
 *
 * @param parts.now milliseconds since the epoch
 */
export function createStart(parts: {
  attempts: AttemptCookies;
  addresses: Addresses;
  now: () => number;
}): (req: Request, res: Response) => Promise<void> {
  const { attempts, addresses, now } = parts;

  return async function startSignIn(req, res) {
    const { request, route, exchange } = ownRequestOf(res);
    const parameters = new URLSearchParams(request.query);
    const [state, codeVerifier] = [secret(), secret()];
    const target = addresses.ownTarget(request, parameters);
    const { providerSlugs: providers } = route;
    const attempt = newAttempt({ state, codeVerifier }, { slug: providers[0], target, now: now() });
    const setCookies = await attempts.keep(req.headers.cookie, attempt);
    if (setCookies === undefined) {
      exchange.detail = 'the return address is too long for a cookie';
      const page = longAddressPage({ signInHref: '/', href: target, requestId: exchange.id });
      return replyPage(res, 200, page);
    }
    res.append('Set-Cookie', setCookies);

    const codeRequest = { state, codeChallenge: codeChallengeOf(codeVerifier) };
    const reason = parameters.get('reason') ?? '';
    const options = {
      reason: isReason(reason) ? reason : undefined,
      selectAccount: parameters.get('prompt') === 'select_account',
      provedWithinMs: provedWithinMs(route),
    };
    const onward = addresses.authorize(target, providers, codeRequest, options);
    if (isFromAnotherPage(req.headers['sec-fetch-site'])) {
      replyHtml(res, 200, onwardPage({ href: onward, requestId: exchange.id }));
    } else {
      replyRedirect(res, onward);
    }
  };
}

// A redirect keeps saying which page the browser came from first. Auth is to know that it has come through this host, so
// where there was such a page, one of this host goes between.
function isFromAnotherPage(site: string | string[] | undefined): boolean {
  return site !== undefined && site !== 'none';
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

import { HttpError, replyJson } from '@latchkey/http';
import type { Context } from '../context.ts';
import type { Handler } from '../web/locals.ts';
import { formParameters } from '../web/parameters.ts';
import { introspect } from './introspect.ts';
import type { Refresher } from './refresh.ts';

/**
 * `POST /oauth2/introspect` (RFC 7662): the proxy asks whether a session still stands.
 *
 * Parameters: `token`, the value of the shared cookie or a session that was handed over; `groups`, once per group that the
 * proxy wants to know about; `access_token=true` where it wants the provider's; `vouched_within`, after how many seconds it
 * wants the session sealed anew.
 */
export function introspection(context: Context, refresh: Refresher): Handler {
  return async function answerIntrospection(req, res) {
    const form = formParameters(req.body);
    const token = form.one('token');
    if (token === undefined) throw new HttpError('bad_request', { detail: 'the parameter token is missing' });
    const asked = {
      groups: form.all('groups'),
      accessToken: form.one('access_token') === 'true',
      vouchedWithin: secondsOf(form.one('vouched_within')),
    };
    const answer = await introspect(token, asked, { context, refresh });
    if (answer.active) res.locals.line.user = answer.email;
    replyJson(res, 200, answer);
  };
}

// Who does not say it needs no newer seal.
function secondsOf(seconds: string | undefined): number {
  return seconds !== undefined && /^\d{1,9}$/.test(seconds) ? Number(seconds) : Infinity;
}

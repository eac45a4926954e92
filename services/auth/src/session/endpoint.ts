import { HttpError, replyJson } from '@latchkey/http';
import type { Handler } from '../web/locals.ts';
import { formParameters } from '../web/parameters.ts';
import { introspect } from './introspect.ts';
import type { Introspecting } from './introspect.ts';
import type { Refresher } from './refresh.ts';

/**
 * `POST /oauth2/introspect` (RFC 7662): the proxy asks whether a session still stands.
 *
 * Parameters: `token`, the value of the shared cookie or a session that was handed over; `groups`, once per group that the
 * proxy wants to know about; `groups_needed`, how many of these, from the first on, it needs now; `access_token=true` where it wants the provider's; `vouched_within`, after how many seconds it
 * wants the session sealed anew.
 */
export function introspection(parts: Introspecting, refresh: Refresher): Handler {
  return async function answerIntrospection(req, res) {
    const form = formParameters(req.body);
    const token = form.one('token');
    if (token === undefined) throw new HttpError('bad_request', { detail: 'the parameter token is missing' });
    const asked = {
      groups: form.all('groups'),
      needed: numberOf(form.one('groups_needed')),
      accessToken: form.one('access_token') === 'true',
      // Who does not say it needs no newer seal.
      vouchedWithin: numberOf(form.one('vouched_within')) ?? Infinity,
    };
    const answer = await introspect(token, asked, { parts, refresh });
    if (answer.active) {
      const { line } = res.locals;
      line.user = answer.email;
      const needed = new Set(asked.groups.slice(0, asked.needed));
      if (answer.unknown_groups?.some((group) => needed.has(group)) === true) {
        line.detail = 'groups that are needed cannot be had right now';
        res.locals.lacksGroups = true;
      }
    }
    replyJson(res, 200, answer);
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

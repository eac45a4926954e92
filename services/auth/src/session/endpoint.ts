import { readIntrospectionForm } from '@latchkey/contract';
import { HttpError, replyJson } from '@latchkey/http';
import type { Handler } from '../web/locals.ts';
import { formParameters } from '../web/parameters.ts';
import { introspect } from './introspect.ts';
import type { Introspecting } from './introspect.ts';
import type { Refresher } from './refresh.ts';

/** `POST /oauth2/introspect` (RFC 7662): the proxy asks whether a session still stands. */
export function introspection(parts: Introspecting, refresh: Refresher): Handler {
  return async function answerIntrospection(req, res) {
    const asked = readIntrospectionForm(formParameters(req.body));
    if (asked === undefined) throw new HttpError('bad_request', { detail: 'the parameter token is missing' });
    const answer = await introspect(asked, { parts, refresh });
    if (answer.active) {
      const { line } = res.locals;
      line.user = answer.email ?? '';
      const needed = new Set(asked.groups.slice(0, asked.groupsNeeded));
      if (answer.unknown_groups?.some((group) => needed.has(group)) === true) {
        line.detail = 'groups that are needed cannot be had right now';
        res.locals.lacksGroups = true;
      }
    }
    replyJson(res, 200, answer);
  };
}

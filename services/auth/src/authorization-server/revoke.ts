import { HttpError, replyJson } from '@latchkey/http';
import type { Handler } from '../web/locals.ts';
import { formParameters } from '../web/parameters.ts';
import { endFamily } from './give-tokens.ts';
import type { GivingTokens } from './give-tokens.ts';
import { openRefreshToken } from './refresh-tokens.ts';

/**
 * `POST /oauth2/revoke` (RFC 7009): a program gives back what it has. Either kind of token ends everything of its approval. Of one
 * that is none of its own it hears nothing (section 2.2), and nothing ends.
 */
export function revokeTokens(parts: GivingTokens): Handler {
  return async function answerRevocation(req, res) {
    const form = formParameters(req.body);
    const client = await parts.programs.clients.idOf(form.one('client_id'));
    const token = form.one('token');
    if (token === undefined)
      throw new HttpError('invalid_request', { detail: 'the parameter token is missing' });
    const { accessTokens, keys } = parts.programs;
    const delegation = (await openRefreshToken(token, keys.refreshToken)) ?? (await accessTokens.read(token));
    if (delegation?.client === client) {
      res.locals.line.user = delegation.session.email;
      await endFamily(delegation, parts);
      parts.emit({ kind: 'tokens_ended', why: 'given_back', delegation, line: res.locals.line });
    }
    replyJson(res, 200, {});
  };
}

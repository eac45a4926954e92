import { authorizationServerPaths as paths, tokenPath } from '@latchkey/contract';
import { replyJson, replyJwks } from '@latchkey/http';
import type { Parts } from '../parts.ts';
import { requireSameOrigin, visitsOnly } from '../web/cross-site.ts';
import { json } from '../web/json.ts';
import { form } from '../web/form.ts';
import type { Handler } from '../web/locals.ts';
import type { Endpoint } from '../web/routing.ts';
import { approve } from './approve.ts';
import { authorize } from './authorize.ts';
import { beginDevice } from './device/begin.ts';
import { enterCode, showDevice } from './device/page.ts';
import { serverMetadata } from './metadata.ts';
import type { Programs } from './programs.ts';
import { registerProgram } from './register.ts';
import { revokeTokens } from './revoke.ts';
import { programTokens } from './token-endpoint.ts';

/**
 * Of one address that is for the proxy and for programs: the proxy shows its credentials in the header, and a program has none to
 * show.
 */
export const programsFirst: Handler = function leaveToPrograms({ headers }, _res, next) {
  next(headers.authorization === undefined ? 'router' : undefined);
};

/** What those read who check access tokens: many of them, it may be, from one address. */
export function programKeys({ accessTokens }: Programs): readonly Endpoint[] {
  return [{ path: paths.keys, action: 'keys', GET: [(_req, res) => replyJwks(res, accessTokens.jwks)] }];
}

/** What programs ask, and what people are asked about them. */
export function programEndpoints(
  parts: Parts & { readonly programs: Programs },
  atWork: (handler: Handler) => Handler,
): readonly Endpoint[] {
  const { register, takesDocuments } = parts.programs.clients;
  const metadata = serverMetadata(parts.origin, { canRegister: register !== undefined, takesDocuments });
  const asked = (handler: Handler) => [form(tokenForm), atWork(handler)];
  const ownPageOnly = requireSameOrigin(parts.origin);
  return [
    { path: paths.metadata, action: 'metadata', GET: [(_req, res) => replyJson(res, 200, metadata)] },
    { path: tokenPath, action: 'token', POST: asked(programTokens(parts)) },
    { path: paths.revoke, action: 'revoke', POST: asked(revokeTokens(parts)) },
    { path: paths.deviceAuthorization, action: 'device', POST: asked(beginDevice(parts)) },
    ...(register === undefined ? [] : [registrationWith(register)]),
    { path: paths.authorize, action: 'authorize', GET: [visitsOnly, atWork(authorize(parts))] },
    {
      path: paths.approve,
      action: 'authorize',
      POST: [ownPageOnly, form(approvalForm), atWork(approve(parts))],
    },
    {
      path: paths.device,
      action: 'device',
      GET: [visitsOnly, atWork(showDevice(parts))],
      POST: [ownPageOnly, form(codeForm), atWork(enterCode(parts))],
    },
  ];

  function registrationWith(registrar: NonNullable<typeof register>): Endpoint {
    const handlers = [json(registration), atWork(registerProgram(registrar, parts.now))];
    return { path: paths.register, action: 'register', POST: handlers };
  }
}

// A token is as long as a cookie may be; the rest is an address and a few words.
const tokenForm = { bytes: 16 * 1024, pairs: 12 };
// Programs say much of themselves that nobody here asks for.
const registration = { bytes: 8 * 1024 };
// What the page was sealed with.
const approvalForm = { bytes: 8 * 1024, pairs: 4 };
const codeForm = { bytes: 1024, pairs: 2 };

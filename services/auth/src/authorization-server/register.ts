import { replyJson } from '@latchkey/http';
import type { Handler } from '../web/locals.ts';
import { readRegistration } from './clients.ts';
import type { Clients, Registration } from './clients.ts';

/** `POST /oauth2/register` (RFC 7591): a program says what it is, and gets the name by which it asks people from then on. */
export function registerProgram(register: NonNullable<Clients['register']>, now: () => number): Handler {
  return async function answerRegistration(req, res) {
    const registration: Registration = readRegistration(req.body);
    replyJson(res, 201, {
      client_id: await register(registration),
      client_id_issued_at: Math.floor(now() / 1000),
      client_name: registration.name,
      redirect_uris: registration.redirectUris,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    });
  };
}

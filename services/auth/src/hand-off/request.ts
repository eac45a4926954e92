import { isHandOff } from '@latchkey/session';
import type { HandOff } from '@latchkey/session';
import type { Parameters } from '../web/parameters.ts';

/**
 * What a sign-in link asks for: with `response_type=code` the session is to be handed over (RFC 6749, section 4.1.1, with
 * RFC 7636), without it the shared cookie is enough.
 *
 * @returns undefined for the shared cookie; `malformed` for a hand-off without state or without an S256 challenge
 */
export function requestedHandOff(parameters: Parameters): HandOff | 'malformed' | undefined {
  const type = parameters.one('response_type');
  if (type === undefined) return undefined;
  const handOff = {
    state: parameters.one('state') ?? '',
    codeChallenge: parameters.one('code_challenge') ?? '',
  };
  const isOurs = type === 'code' && parameters.one('code_challenge_method') === 'S256' && isHandOff(handOff);
  return isOurs ? handOff : 'malformed';
}

import { HttpError } from '@latchkey/http';
import { scopesOf } from '@latchkey/session';
import { readReturnAddress } from '../sign-in/return-address.ts';
import type { ReturnRules } from '../sign-in/return-address.ts';
import type { Parameters } from '../web/parameters.ts';

/** What a program asks for: for which application, and what there. */
export type RequestedAccess = { readonly resource: string; readonly scopes: readonly string[] };

const longestResource = 512;
const longestScope = 512;
// RFC 6749, section 3.3.
const scopeText = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * Reads what is asked for.
 *
 * @throws HttpError `invalid_target`, `invalid_scope`, `bad_request`
 */
export function readRequestedAccess(parameters: Parameters, returns: ReturnRules): RequestedAccess {
  const [resource, another] = parameters.all('resource');
  if (resource === undefined || another !== undefined) {
    throw new HttpError('invalid_target', { detail: 'resource has to name one application' });
  }
  return { resource: readResource(resource, returns), scopes: readScope(parameters.one('scope')) };
}

/**
 * The origin of the application that a resource is of (RFC 8707, section 2), where people may be sent to it after signing in.
 *
 * @throws HttpError `invalid_target`
 */
export function readResource(resource: string, returns: ReturnRules): string {
  const address = resource.length > longestResource ? 'too long' : readReturnAddress(resource, returns);
  if (typeof address === 'string') throw new HttpError('invalid_target', { detail: address });
  if (resource.includes('#')) throw new HttpError('invalid_target', { detail: 'it has a fragment' });
  return new URL(address.url).origin;
}

/**
 * Reads a list of scopes. Which there are, the routes say that want them.
 *
 * @throws HttpError `invalid_scope`
 */
export function readScope(scope = ''): readonly string[] {
  if (scope.length > longestScope || !scopeText.test(scope)) throw new HttpError('invalid_scope');
  return scopesOf(scope);
}

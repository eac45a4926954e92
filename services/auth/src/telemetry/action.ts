import {
  adminRevocationPath,
  adminSessionsPath,
  authorizationServerPaths as programs,
  handshakePath,
  introspectionPath,
  ownEndpoints,
  revocationsPath,
  tokenPath,
} from '@latchkey/contract';
import { accountPath, endAllPath, endOnePath, endProgramPath } from '../account/path.ts';

/** What a request is about, going by its path. */
export type Action =
  | 'account'
  | 'admin'
  | 'authorize'
  | 'backchannel_logout'
  | 'callback'
  | 'device'
  | 'handshake'
  | 'home'
  | 'introspect'
  | 'keys'
  | 'metadata'
  | 'ping'
  | 'register'
  | 'revocations'
  | 'revoke'
  | 'robots'
  | 'sign_in'
  | 'sign_out'
  | 'start'
  | 'token'
  | 'unknown';

const fixed: ReadonlyMap<string, Action> = new Map([
  ['/', 'home'],
  [accountPath, 'account'],
  [endOnePath, 'sign_out'],
  [endAllPath, 'sign_out'],
  [endProgramPath, 'revoke'],
  ['/ping', 'ping'],
  ['/robots.txt', 'robots'],
  [handshakePath, 'handshake'],
  [adminSessionsPath, 'admin'],
  [adminRevocationPath, 'admin'],
  [introspectionPath, 'introspect'],
  [revocationsPath, 'revocations'],
  [tokenPath, 'token'],
  [ownEndpoints.jwks.path, 'keys'],
  [ownEndpoints.wellKnownJwks.path, 'keys'],
  [programs.keys, 'keys'],
  [programs.metadata, 'metadata'],
  [programs.authorize, 'authorize'],
  [programs.approve, 'authorize'],
  [programs.deviceAuthorization, 'device'],
  [programs.device, 'device'],
  [programs.revoke, 'revoke'],
  [programs.register, 'register'],
]);
const ofProvider: ReadonlyMap<string, Action> = new Map([
  ['sign_in', 'sign_in'],
  ['start', 'start'],
  ['callback', 'callback'],
  ['sign_out', 'sign_out'],
  ['backchannel_logout', 'backchannel_logout'],
]);

/** @param slugs of the providers, each of which has its own addresses */
export function actionOf(path: string | undefined, slugs: { has(slug: string): boolean }): Action {
  const own = fixed.get(path ?? '');
  if (own !== undefined) return own;
  const [, slug = '', name = '', ...rest] = (path ?? '').split('/');
  return (rest.length === 0 && slugs.has(slug) ? ofProvider.get(name) : undefined) ?? 'unknown';
}

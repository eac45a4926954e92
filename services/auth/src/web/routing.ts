import { healthPath } from '@latchkey/contract';
import { HttpError } from '@latchkey/http';
import express from 'express';
import type { RequestHandler, Router } from 'express';
import type { Handler } from './locals.ts';

/** What a request is about, as metrics and traces name it. */
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

/** An address, and what it takes: by method, its handlers in the order in which they are asked. HEAD goes with GET. */
export type Endpoint = {
  readonly path: string;
  readonly action: Exclude<Action, 'ping' | 'unknown'>;
  readonly GET?: readonly Handler[];
  readonly POST?: readonly Handler[];
};

/** Endpoints, and what every request passes on its way to any of them. */
export type EndpointGroup = {
  readonly behind?: readonly (Handler | RequestHandler)[];
  readonly endpoints: readonly Endpoint[];
};

/** Routes to endpoints. Each refuses every method for which it has no handlers (RFC 9110, section 15.5.6). */
export function routerOf({ behind = [], endpoints }: EndpointGroup): Router {
  // An address is what it is, and not what resembles it.
  const router = express.Router({ caseSensitive: true, strict: true });
  if (behind.length > 0) router.use(...behind);
  for (const { path, GET, POST } of endpoints) {
    const route = router.route(path);
    const allowed: string[] = [];
    if (GET !== undefined) {
      route.get(...GET);
      allowed.push('GET', 'HEAD');
    }
    if (POST !== undefined) {
      route.post(...POST);
      allowed.push('POST');
    }
    route.all(onlyMethods(allowed.join(', ')));
  }
  return router;
}

/** Tells by the path of a request, as it came, what it is about. */
export function actionsOf(groups: readonly EndpointGroup[]): (path: string | undefined) => Action {
  const actions = new Map<string | undefined, Action>([[healthPath, 'ping']]);
  for (const { endpoints } of groups) {
    for (const { path, action } of endpoints) actions.set(path, action);
  }
  return (path) => actions.get(path) ?? 'unknown';
}

function onlyMethods(allowed: string): Handler {
  return function refuseMethod(): never {
    throw new HttpError('method_not_allowed', { headers: { Allow: allowed } });
  };
}

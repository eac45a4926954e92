import { HttpError } from '@latchkey/http';
import type { Router } from 'express';
import type { Handler } from './locals.ts';

/** An address is what it is, and not what resembles it. */
export const exactPaths = { caseSensitive: true, strict: true };

/** What an address takes: by method, its handlers in the order in which they are asked. HEAD goes with GET. */
type Methods = { readonly GET?: readonly Handler[]; readonly POST?: readonly Handler[] };

/** Adds addresses by their paths. Each refuses every method for which it has no handlers (RFC 9110, section 15.5.6). */
export function addEndpoints(router: Router, endpoints: Readonly<Record<string, Methods>>): Router {
  for (const [path, { GET, POST }] of Object.entries(endpoints)) {
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

function onlyMethods(allowed: string): Handler {
  return function refuseMethod(): never {
    throw new HttpError('method_not_allowed', { headers: { Allow: allowed } });
  };
}

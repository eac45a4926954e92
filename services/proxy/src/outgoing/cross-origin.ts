import { namedOrigin } from '@latchkey/admission';
import type { Route } from '@latchkey/upstreams';
import type { IncomingHttpHeaders } from 'node:http';

const nothing: readonly string[] = [];

/**
 * What lets a page of an origin that the route names read an answer, a flat list of headers. The origin is the very one that
 * asks, never `*`, and caches learn that the answer is for it alone. Nothing where the route names none.
 */
export function crossOriginHeaders(route: Route, headers: IncomingHttpHeaders): readonly string[] {
  if (route.cors === undefined) return nothing;
  const origin = namedOrigin(route, headers);
  const vary = ['Vary', 'Origin'];
  if (origin === undefined) return vary;
  const credentials = route.cors.credentials ? ['Access-Control-Allow-Credentials', 'true'] : nothing;
  return [...vary, 'Access-Control-Allow-Origin', origin, ...credentials];
}

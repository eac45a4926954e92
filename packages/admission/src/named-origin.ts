import { isPreflight } from '@latchkey/http';
import type { Cors, Route } from '@latchkey/upstreams';
import type { Incoming } from './incoming.ts';
import type { Outcome, Routed } from './outcome.ts';

/** The origin of the page that asks, where `cors` of the route names it. Compared exactly: browsers write each in one way. */
export function namedOrigin(
  { cors }: Pick<Route, 'cors'>,
  { origin }: Incoming['headers'],
): string | undefined {
  return origin !== undefined && cors?.origins.includes(origin) === true ? origin : undefined;
}

/** The answer to a preflight of an origin that the route names; undefined for all other requests. */
export function preflightOf(
  { request, route }: Routed,
  { headers }: Pick<Incoming, 'headers'>,
): Outcome<never> | undefined {
  const { cors } = route;
  if (cors === undefined || namedOrigin(route, headers) === undefined) return undefined;
  if (!isPreflight(request.method, headers)) return undefined;
  return { kind: 'preflight', request, route, ...allowed(cors, headers) };
}

function allowed({ methods, headers: names }: Cors, headers: Incoming['headers']) {
  return {
    methods: methods.length > 0 ? methods : namesIn(headers['access-control-request-method']),
    headers: names.length > 0 ? names : namesIn(headers['access-control-request-headers']),
  };
}

// RFC 9110, section 5.6.2, without the star: sent back, it would stand for every name.
const token = /^[!#$%&'+.^_`|~0-9A-Za-z-]+$/;

function namesIn(value: string | readonly string[] = ''): readonly string[] {
  return [value]
    .flat()
    .join()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => token.test(name));
}

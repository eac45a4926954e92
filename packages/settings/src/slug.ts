import { valueType } from './value-types.ts';

const pattern = /^[a-z0-9][a-z0-9_-]*$/;

// First path segments that auth needs for itself. `oauth2` is none: what auth has below it is never an address of a provider.
const reserved = new Set(['ping', 'robots.txt', 'static']);

const write = 'lower-case letters, digits, "-" and "_", like google';

/** The first path segment of a provider's addresses. */
export const slug = valueType(
  'slug',
  write,
  (text) => (pattern.test(text) && !reserved.has(text) ? text : undefined),
  {
    example: 'google',
    advise: (text) => (reserved.has(text) ? 'another one: this path belongs to auth itself' : write),
  },
);

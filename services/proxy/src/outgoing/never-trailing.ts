/**
 * RFC 9110, section 6.5.1: what frames a message, routes or authenticates it, or has to be known before its content is read, is
 * no trailer. A reader that adds trailers to the headers would believe it all the same.
 */
export const neverTrailing: ReadonlySet<string> = new Set([
  'age',
  'authorization',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-length',
  'content-location',
  'content-range',
  'content-security-policy',
  'content-type',
  'expires',
  'host',
  'location',
  'max-forwards',
  'range',
  'refresh',
  'retry-after',
  'set-cookie',
  'vary',
  'www-authenticate',
]);

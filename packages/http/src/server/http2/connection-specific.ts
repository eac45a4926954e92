/**
 * RFC 9113, section 8.2.2: "An endpoint MUST NOT generate an HTTP/2 message containing connection-specific header fields." In
 * small letters.
 */
export const connectionSpecific: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

// Padded and canonical, as `openssl rand -base64 32` writes it.
const pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes of a text in base64, undefined for any other text. */
export function decodeBase64(text: string): Uint8Array | undefined {
  return pattern.test(text) ? Buffer.from(text, 'base64') : undefined;
}

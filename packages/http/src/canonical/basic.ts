/** A name and a secret, as a client of OAuth shows them. */
export type BasicCredentials = { readonly id: string; readonly secret: string };

/** The credentials in `Authorization: Basic`, each of them form-encoded (RFC 6749, section 2.3.1); undefined where there are none. */
export function basicCredentials(header: string | undefined): BasicCredentials | undefined {
  const encoded = /^basic +(?<encoded>[A-Za-z0-9+/]+=*)$/i.exec(header ?? '')?.groups?.['encoded'];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { id: formDecoded(text.slice(0, colon)), secret: formDecoded(text.slice(colon + 1)) };
}

// What is not encoded is meant as it is written: there are clients that encode nothing.
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

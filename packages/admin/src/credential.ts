import { isSameText } from '@latchkey/session';

/** How a caller learns what to show (RFC 6750, section 3). */
export const challenge = { 'WWW-Authenticate': 'Bearer realm="latchkey operators"' };

/** Whether an `Authorization` holds one of the secrets of operators. How long it takes says nothing about any. */
export function isOperator(authorization: string | undefined, secrets: readonly string[]): boolean {
  const shown = /^bearer +(?<secret>[\x21-\x7e]+)$/i.exec(authorization ?? '')?.groups?.['secret'];
  // All are compared always.
  return secrets.map((secret) => isSameText(shown ?? '', secret)).includes(true);
}

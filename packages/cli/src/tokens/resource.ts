import { UsageError } from '../exit.ts';

/**
 * The application that an address is of, as tokens name it: its origin. Without TLS a token would travel in the open, so that is
 * for what runs on this machine alone.
 *
 * @throws UsageError
 */
export function resourceOf(address: string): string {
  const url = URL.parse(address);
  const example = 'write it like https://app.example.com/';
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${JSON.stringify(address)} is not the address of an application: ${example}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(`an address with a user name or a password is not accepted: ${example}`);
  }
  if (!isSafeToAsk(url)) {
    throw new UsageError(`${url.origin} has no TLS, so others could read the token: write https://`);
  }
  return url.origin;
}

/** Whether nobody between here and there can listen: over TLS, or without leaving this machine. */
export function isSafeToAsk({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** RFC 6761, section 6.3: what is below `localhost` is this machine, whatever a resolver says. */
export function isLoopback(hostname: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:[^.]+\.)*localhost)$/.test(hostname);
}

import { CallError } from '@latchkey/http';
import * as oidc from 'openid-client';
import type { Io } from '../io.ts';
import { printable } from '../output/terminal.ts';
import { ownAddress, oauthErrorOf, saying } from './auth.ts';
import { Failure } from '../exit.ts';
import { parametersOf } from './granted.ts';
import type { Granted, Wish } from './granted.ts';

// However long auth says that a code is good: somebody sits here and waits.
const longestSeconds = 1800;

/**
 * Shows a code, and waits until the person has approved it in any browser (RFC 8628).
 *
 * @throws Failure
 */
export async function signInByDevice(config: oidc.Configuration, wish: Wish, io: Io): Promise<Granted> {
  const issuer = new URL(config.serverMetadata().issuer);
  const begun = await saying(issuer, () => oidc.initiateDeviceAuthorization(config, parametersOf(wish)));
  const page = ownAddress(begun.verification_uri_complete ?? begun.verification_uri, config);
  if (page === undefined)
    throw new Failure(`${issuer.origin} names a page for the code on another server, which is not shown`);
  const seconds = Math.min(begun.expires_in, longestSeconds);
  io.stderr(
    `Open this address in a browser, on any machine:\n\n    ${page.href}\n\nIt has to show the code ${printable(begun.user_code)}. Waiting up to ${minutes(seconds)} …\n`,
  );
  const signal = AbortSignal.timeout(seconds * 1000);
  for (;;) {
    try {
      return await oidc.pollDeviceAuthorizationGrant(config, begun, parametersOf(wish), { signal });
    } catch (error) {
      const why = oauthErrorOf(error);
      if (why === 'access_denied') throw new Failure('it was refused in the browser');
      if (why === 'expired_token' || signal.aborted) throw new Failure('nobody approved the code in time');
      // RFC 8628, section 3.5: after a call that failed one goes on. Each round waits first.
      if (!isPassing(error)) return saying(issuer, () => Promise.reject(error));
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof CallError) return error.reason !== 'too large';
  return error instanceof Error && isPassing(error.cause);
}

function minutes(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds / 60));
  return whole === 1 ? 'a minute' : `${whole} minutes`;
}

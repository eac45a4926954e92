import { handshakeFacts, handshakePath } from '@latchkey/contract';
import type { ErrorCode, HandshakeFacts } from '@latchkey/contract';
import { errorOf, readAnswer } from '../ask-auth.ts';
import type { AskAuth } from '../ask-auth.ts';
import { hostMismatch, mismatches, strangerMismatch } from './compare.ts';
import type { Mismatch } from './compare.ts';

/** Compares with auth once. Undefined where there is nothing to compare with: auth is away, or too old to be asked for it. */
export type Compare = () => Promise<readonly Mismatch[] | undefined>;

/**
 * Makes the comparison.
 *
 * @param options.host of auth, as browsers write it
 * @param options.own what the proxy goes by at the moment
 */
export function createCompare(options: {
  askAuth: AskAuth;
  host: string;
  own: () => HandshakeFacts;
  /** hears what auth goes by */
  hear: (auth: HandshakeFacts) => void;
}): Compare {
  const { askAuth, host, own, hear } = options;
  const refusals: ReadonlyMap<ErrorCode | undefined, Mismatch> = new Map([
    ['client_refused', strangerMismatch],
    ['unknown_host', hostMismatch(host)],
  ]);

  return async function compare() {
    const { now: sent } = own();
    try {
      const answer = await askAuth(handshakePath, new URLSearchParams());
      const proxy = own();
      const refusal = refusals.get(errorOf(answer));
      if (refusal !== undefined) return [refusal];
      const auth = readAnswer(answer, handshakeFacts);
      hear(auth);
      return mismatches(proxy, auth, { sent, received: proxy.now });
    } catch {
      return undefined;
    }
  };
}

import { personHeader, requestHeader, targetText } from '@latchkey/contract';
import { join, saidIn } from '@latchkey/link';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { AdmitPerson } from '../verify/admit.ts';
import type { Asserted } from '../verify/assertion.ts';
import type { Refused } from '../verify/refusal.ts';
import { noRequest } from '../verify/rule.ts';
import type { Allowed } from './targets.ts';

/** One connection of TCP, and who asks for it; undefined where nobody has to say. */
export type TcpAsked = { readonly about: object; readonly person: Asserted | undefined };

/** What is not HTTP: decided about once, and then carried byte for byte. */
export type ServeTcp = {
  /** Whether the stream may be opened; it is written down when not. */
  admit(headers: IncomingHttpHeaders, allowed: Allowed): Promise<TcpAsked | Refused>;
  /** Joins a stream that has been answered with its target, and writes down when it is over. */
  carry(stream: ServerHttp2Stream, origin: Socket, asked: TcpAsked): void;
};

/** @param parts.admit undefined: bytes pass without an assertion */
export function createServeTcp({ admit, log }: { admit: AdmitPerson | undefined; log: Logger }): ServeTcp {
  return {
    async admit(headers, { target, audiences }) {
      const about = {
        application: audiences.join(),
        target: targetText(target),
        request_id: saidIn(headers[requestHeader]),
      };
      if (admit === undefined) return { about, person: undefined };
      const found = await admit(saidIn(headers[personHeader]), audiences, noRequest);
      if (!('why' in found)) return { about, person: found };
      const { why, ...more } = found;
      log.warn({ audit: 'refused', ...about, reason: why, ...more }, 'refused');
      return found;
    },

    carry(stream, origin, { about, person }) {
      const who = person === undefined ? {} : { user: person.email, sub: person.sub };
      const openedAt = performance.now();
      log.info({ audit: 'connection_opened', ...about, ...who }, 'a connection was opened');
      join(stream, origin);
      origin.once('close', function over() {
        const [bytes_to, bytes_from] = [origin.bytesWritten, origin.bytesRead];
        const ms = Math.round(performance.now() - openedAt);
        log.info(
          { audit: 'connection_ended', ...about, ...who, ms, bytes_to, bytes_from },
          'a connection has ended',
        );
      });
    },
  };
}

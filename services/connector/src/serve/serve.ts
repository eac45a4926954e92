import { notListedStatus, targetHeader, tasksHeader } from '@latchkey/contract';
import { isClosed, refuseStream, writeWhole } from '@latchkey/link';
import { constants } from 'node:http2';
import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { pipeline } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { Logger } from 'pino';
import { messageOf } from '../message-of.ts';
import type { Gate } from '../verify/gate.ts';
import { refusalSentence, refusalStatus } from '../verify/refusal.ts';
import { reach } from './origin.ts';
import type { Allowed } from './targets.ts';
import type { ServeTcp, TcpAsked } from './tcp.ts';

const { NGHTTP2_INTERNAL_ERROR } = constants;
const reachWithinMs = 5_000;

/**
 * Serves what the proxy asks for on one connection to it.
 *
 * @param heard gets the names of all tasks that the one at the other end knows
 */
export type Serve = (session: Http2Session, heard?: (tasks: readonly string[]) => void) => void;

/**
 * Each stream of the proxy is one connection to a target (RFC 9113, section 8.5): what goes through is HTTP/1.1, a WebSocket, or
 * whatever a raw target speaks, as if there were nothing between. Which targets there are is no matter of the proxy.
 *
 * @param parts.gate looks at each request; undefined: bytes pass as they are
 * @param parts.authorities that targets over TLS are checked by
 */
export function createServe(parts: {
  targets: ReadonlyMap<string, Allowed>;
  gate: Gate | undefined;
  tcp: ServeTcp;
  authorities: SecureContext | undefined;
  log: Logger;
}): Serve {
  const { targets, gate, tcp, authorities, log } = parts;

  async function open(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    if (headers[':method'] !== 'CONNECT') return refuseStream(stream, 405, 'only CONNECT is served');
    const asked = String(headers[targetHeader] ?? '');
    const allowed = targets.get(asked);
    if (allowed === undefined) {
      log.warn(
        { audit: 'target_refused', target: asked.slice(0, 200) },
        'the proxy asks for a target that is not in CONNECTOR_TARGETS',
      );
      return refuseStream(stream, notListedStatus, 'the target is not in CONNECTOR_TARGETS of the connector');
    }
    const connection = isRaw(allowed) ? await tcp.admit(headers, allowed) : undefined;
    if (connection !== undefined && 'why' in connection) {
      return refuseStream(stream, refusalStatus[connection.why], refusalSentence(connection));
    }
    return lead(stream, { asked, allowed, connection });
  }

  async function lead(
    stream: ServerHttp2Stream,
    { asked, allowed, connection }: { asked: string; allowed: Allowed; connection: TcpAsked | undefined },
  ): Promise<void> {
    const origin = await reach(allowed.target, reachWithinMs, authorities).catch(messageOf);
    if (typeof origin === 'string') {
      log.warn({ target: asked, detail: origin }, 'the target cannot be reached');
      return refuseStream(stream, 502, origin);
    }
    if (isClosed(stream)) return void origin.destroy();
    stream.respond({ ':status': 200 });
    if (connection !== undefined) return tcp.carry(stream, origin, connection);
    if (gate !== undefined) return gate.take(stream, origin, allowed);
    pipeline(stream, origin, () => undefined);
    pipeline(origin, stream, () => undefined);
    return undefined;
  }

  return function serve(session, heard) {
    session.on('stream', function asked(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
      stream.on('error', () => undefined);
      if (isClosed(stream)) return undefined;
      const tasks = headers[tasksHeader];
      if (headers[':method'] === 'PUT' && typeof tasks === 'string') {
        heard?.(tasks.split(','));
        return stream.respond({ ':status': 204 }, { endStream: true });
      }
      return void open(writeWhole(stream), headers).catch(() => stream.close(NGHTTP2_INTERNAL_ERROR));
    });
  };
}

function isRaw({ target }: Allowed): boolean {
  return target.kind === 'tcp' && target.raw === true;
}

import type { Incoming } from '@latchkey/admission';
import { rawValues, StalledError, statusOf } from '@latchkey/http';
import { assertionHeaderName } from '@latchkey/identity';
import type { ErrorCode } from '@latchkey/contract';
import type { RouteTable } from '@latchkey/upstreams';
import { ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Emit } from '@latchkey/telemetry';
import type { Admission } from '../admission.ts';
import { recordOf } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import type { Connections } from '../transport/pool/connections.ts';
import { endConnection } from '../transport/websocket/end-connection.ts';
import { endWhenLeft } from '../transport/websocket/end-when-left.ts';
import { framed } from '../outgoing/framing.ts';
import type { Tunnels } from '../transport/websocket/tunnels.ts';
import type { OpenTcp, TcpTunnel } from '../transport/tcp/open.ts';
import type { ForwardWebSocket } from '../transport/websocket/forward.ts';
import type { Tunnel } from '../transport/websocket/tunnel.ts';
import type { ProxyEvent } from '../telemetry/events.ts';
import { withRequestId } from '../telemetry/request-context.ts';
import type { BeginAnswer } from '../respond/begin-answer.ts';
import { beginRefusal, refuseAfterFailure } from '../respond/refuse-with-error.ts';
import type { Respond } from '../respond/respond.ts';
import type { RequestSigner } from '../outgoing/signers/request-signer.ts';
import type { Leaving, Stages } from '../stages.ts';
import type { ForwardAuth } from '../forward-auth/answer.ts';
import type { ReadQuestion } from '../forward-auth/question.ts';
import { whyNot } from '../ongoing.ts';
import type { WhyNot } from '../ongoing.ts';

/** What takes handshakes on. */
export type WebSocketParts = {
  readonly stages: Stages;
  readonly respond: Respond;
  readonly readQuestion: ReadQuestion;
  readonly forwardAuth: ForwardAuth;
  readonly admission: Pick<Admission, 'admit'>;
  readonly table: () => RouteTable;
  readonly connections: Connections;
  readonly forwardWebSocket: ForwardWebSocket;
  readonly openTcp: OpenTcp;
  readonly tunnels: Tunnels;
  /** whether auth has announced since a moment, by `elapsed`, that the session of a request has ended */
  readonly hasEndedSince: (exchange: Exchange, moment: number) => boolean;
  readonly signer: RequestSigner;
  readonly beginAnswer: BeginAnswer;
  /** what leaves audit lines is to be refused, as they cannot be written */
  readonly mustRefuse: () => boolean;
  readonly emit: Emit<ProxyEvent>;
  /** milliseconds that never jump */
  readonly elapsed: () => number;
};

type Handshake = { readonly socket: Socket; readonly head: Buffer; readonly exchange: Exchange };

/** Takes handshakes through the same stages as requests. */
export function createUpgradeListener(
  parts: WebSocketParts,
): (req: IncomingMessage, socket: Socket, head: Buffer) => void {
  const { stages, respond, beginAnswer, connections, tunnels, signer, table, emit, elapsed } = parts;

  return function upgrade(req, socket, head) {
    // What does not pass is answered as any other request would be, and the connection ends with it.
    const res = new ServerResponse(req);
    const exchange = stages.open(req, res);
    // The caller may go at any time, and nobody else listens on an upgraded socket.
    socket.on('error', function broken(error) {
      socket.destroy();
      if (error instanceof StalledError) emitCut(exchange, { detail: error.message });
    });
    res.shouldKeepAlive = false;
    res.assignSocket(socket);
    res.once('finish', () => endConnection(socket));
    socket.once('close', () => stages.record(exchange, statusOf(res)));
    withRequestId(exchange, () => serve({ socket, head, exchange })).catch((error: unknown) =>
      refuseAfterFailure(exchange, error, beginAnswer),
    );
  };

  function refuse(exchange: Exchange, code: ErrorCode): void {
    beginRefusal(exchange, code, beginAnswer);
  }

  async function serve(handshake: Handshake): Promise<void> {
    const { exchange, socket } = handshake;
    const [decidedBy, decidedAt] = [table(), elapsed()];
    const incoming = stages.canonical(exchange, 'websocket');
    // Caddy asks about a handshake with a handshake.
    const question = parts.readQuestion(exchange.req, incoming);
    if (question !== undefined) return parts.forwardAuth(exchange, question);
    const admitted = stages.admission(exchange, incoming);
    const outcome = admitted instanceof Promise ? await admitted : admitted;
    if (outcome.kind !== 'forward') {
      beginAnswer(exchange);
      return respond(exchange, outcome);
    }
    if (socket.destroyed) return undefined;
    if (outcome.route.tcp !== undefined && parts.mustRefuse()) return refuse(exchange, 'audit_unavailable');
    const leaving = stages.outgoing(exchange, outcome);
    return openTunnel(handshake, leaving, incoming, isOvertaken);
    function isOvertaken(): boolean {
      return table() !== decidedBy || parts.hasEndedSince(exchange, decidedAt);
    }
  }

  // Stage 9. A handshake has no body (RFC 6455, section 4.1); bytes behind it belong to the tunnel.
  async function openTunnel(
    { exchange, socket, head }: Handshake,
    { forward, headers: sent, answer, wanted }: Leaving,
    incoming: Incoming,
    isOvertaken: () => boolean,
  ): Promise<void> {
    const { req, res } = exchange;
    const { request, route, path } = forward;
    const headers = await signer.sign(forward, framed(sent, request.method, 0));
    if (!Array.isArray(headers)) {
      exchange.detail = headers.detail;
      return socket.destroyed ? undefined : refuse(exchange, headers.error);
    }
    const stopLooking = endWhenLeft(socket);
    const release = await connections.takeTunnel(wanted, socket);
    if (release === undefined) {
      stopLooking();
      return socket.destroyed ? undefined : refuse(exchange, 'upstream_busy');
    }
    if (socket.destroyed) return release();
    socket.once('close', release);
    res.detachSocket(socket);
    const destination = connections.destinationOf(wanted);
    if (route.tcp !== undefined) {
      const [assertion] = rawValues(headers, assertionHeaderName.toLowerCase());
      const to = { destination, limits: route.tcp, shown: { assertion, requestId: exchange.id } };
      return parts.openTcp(req, socket, head, to, { accepted, failed });
    }
    const handshake = { destination, target: path, headers, timeoutMs: route.timeoutMs, answer };
    return parts.forwardWebSocket(req, socket, head, handshake, { accepted, answered, failed });

    function accepted(tunnel: Tunnel | TcpTunnel): void {
      stopLooking();
      stages.record(exchange, 101);
      exchange.openedAt = elapsed();
      emit({ kind: 'tunnel_opened' });
      if ('bytes' in tunnel) emitConnection(exchange, tunnel);
      tunnel.onClose(() => emit({ kind: 'tunnel_closed' }));
      const cut = (reason: WhyNot) => emitCut(exchange, { reason });
      void tunnels.add({ exchange, tunnel, whyNot: () => decideAgain(incoming), cut }, isOvertaken());
    }
    function answered(status: number): void {
      stopLooking();
      stages.record(exchange, status);
    }
    function failed({ code, detail }: { code: ErrorCode; detail: string }): void {
      stopLooking();
      exchange.detail = detail;
      res.assignSocket(socket);
      refuse(exchange, code);
    }
  }

  async function decideAgain(incoming: Incoming): Promise<WhyNot | undefined> {
    const admitted = parts.admission.admit(incoming);
    return whyNot(admitted.kind === 'pending' ? await admitted.outcome : admitted);
  }

  function emitCut(exchange: Exchange, why: { reason: WhyNot } | { detail: string }): void {
    const record = recordOf(exchange);
    const what = record.route?.tcp === undefined ? 'WebSocket' : 'connection';
    emit({ kind: 'cut', what, record, ms: openMs(exchange), ...why });
  }

  function emitConnection(exchange: Exchange, { onEnd, bytes }: TcpTunnel): void {
    const record = recordOf(exchange);
    emit({ kind: 'tcp_opened', record });
    onEnd((ending) => {
      const [bytesTo, bytesFrom] = [bytes.toSocket, bytes.fromSocket];
      emit({ kind: 'tcp_ended', record, ending, ms: openMs(exchange), bytesTo, bytesFrom });
    });
  }

  function openMs({ openedAt }: Exchange): number {
    return elapsed() - (openedAt ?? elapsed());
  }
}

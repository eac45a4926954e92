import {
  authenticatesConnection,
  authorityOf,
  hasBody,
  isSameOrigin,
  newRequestId,
  StalledError,
} from '@latchkey/http';
import { ServerResponse } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { createAdmit } from './admit.ts';
import type { AdmissionStages, Admit, Passed } from './admit.ts';
import type { Connections, Wanted } from './forward/connections.ts';
import { endConnection } from './forward/end-connection.ts';
import { endWhenLeft } from './forward/end-when-left.ts';
import { framed } from './forward/framing.ts';
import { forwardHttp } from './forward/http.ts';
import type { Tunnels, WhyNot } from './forward/tunnels.ts';
import { forwardWebSocket } from './forward/websocket.ts';
import { refuseWithError } from './gate/refuse.ts';
import { createOutgoing } from './outgoing/outgoing.ts';
import type { OutgoingParts } from './outgoing/outgoing.ts';
import type { Tell } from './record/events.ts';
import { openRecord, underId } from './record/record.ts';
import type { RequestRecord } from './record/request-record.ts';
import type { BodyRefusal, HeldBody } from './signing/read-body.ts';
import type { Signer } from './signing/signer.ts';

/** The stages, ready to work. */
export type Stages = AdmissionStages &
  OutgoingParts & {
    readonly connections: Connections;
    readonly tunnels: Tunnels;
    readonly signer: Signer;
    readonly readBody: (
      req: IncomingMessage,
      person: string | undefined,
    ) => Promise<HeldBody | BodyRefusal | undefined>;
    /** whether callers get interim answers (1xx) */
    readonly passInterim: boolean;
    readonly tell: Tell;
  };

// Not a status that anybody is sent: how nginx logs a request whose caller left before the answer.
const callerGone = 499;
const noBody: HeldBody = { bytes: Buffer.alloc(0), release: () => undefined };

/** Takes a request through the stages, in order; the last two differ for HTTP and WebSocket. */
export function createPipeline(stages: Stages): {
  request: RequestListener;
  upgrade: (req: IncomingMessage, socket: Socket, head: Buffer) => void;
} {
  const { trust, table, gate, addresses, connections, tunnels, tell, elapsed } = stages;
  const requestId = (req: IncomingMessage) => trust.requestId(req) ?? newRequestId();
  const admit = timed(createAdmit(stages), tell);
  const outgoing = createOutgoing(stages);

  async function serve(req: IncomingMessage, res: ServerResponse, record: RequestRecord): Promise<void> {
    const passed = await admit(req, res, record);
    if (passed === undefined) return;
    const { request, match, passage, target } = passed;
    const { route } = match;
    const came = outgoing.headersFor(req, record.id, passed);
    const wanted = {
      target,
      route,
      host: route.preserveHost ? authorityOf(request) : '',
      person: passage.known?.session.email,
      sid: passage.known?.session.sid,
      authenticates: authenticatesConnection(came),
    };
    if (wanted.authenticates && wanted.sid === undefined) {
      return refuseWithError(res, record, 'connection_credentials');
    }
    if (!stages.signer.signs(route)) {
      const headers = framed(came, request.method, hasBody(req.headers) ? undefined : 0);
      return send(req, res, record, { passed, wanted, headers });
    }
    const body = hasBody(req.headers) ? await stages.readBody(req, wanted.person) : noBody;
    if (body === undefined) return undefined;
    if (typeof body === 'string') {
      // Whoever is too slow would go on being slow.
      if (body === 'body_too_slow') res.setHeader('Connection', 'close');
      return refuseWithError(res, record, body);
    }
    const headers = framed(came, request.method, body.bytes.length);
    headers.push(...stages.signer.sign(route, request, headers, body.bytes));
    return send(req, res, record, { passed, wanted, headers, body }).finally(body.release);
  }

  // Stage 9.
  async function send(
    req: IncomingMessage,
    res: ServerResponse,
    record: RequestRecord,
    { passed, wanted, headers, body }: { passed: Passed; wanted: Wanted; headers: string[]; body?: HeldBody },
  ): Promise<void> {
    const { request, match, path } = passed;
    const taken = await connections.take(wanted, res);
    if (taken === undefined) return res.destroyed ? undefined : refuseWithError(res, record, 'upstream_busy');
    const outcome = await forwardHttp(
      req,
      res,
      {
        method: request.method,
        target: path,
        headers,
        timeoutMs: match.route.timeoutMs,
        ...(body !== undefined && body.bytes.length > 0 && { body }),
      },
      taken,
      {
        answer: outgoing.answerTo(req, passed),
        passInterim: stages.passInterim,
        breaksOff: (detail) => (record.detail = detail),
      },
    ).finally(taken.release);
    if (outcome.answered) return;
    record.detail = outcome.detail;
    if (!res.destroyed) refuseWithError(res, record, outcome.code);
  }

  function tellCut(record: RequestRecord, why: { reason: WhyNot } | { detail: string }): void {
    tell({ kind: 'tunnel_cut', record, ms: elapsed() - (record.openedAt ?? elapsed()), ...why });
  }

  async function tunnel(
    req: IncomingMessage,
    socket: Socket,
    head: Buffer,
    res: ServerResponse,
    record: RequestRecord,
  ) {
    const decidedBy = table();
    const passed = await admit(req, res, record);
    if (passed === undefined || socket.destroyed) return;
    const { request, match, passage, target, path } = passed;
    if (passage.known !== undefined && !isSameOrigin(req.headers, addresses.origin(request))) {
      refuseWithError(res, record, 'cross_site_request');
      return;
    }
    // A handshake has no body (RFC 6455, section 4.1); bytes behind it belong to the tunnel.
    const headers = framed(outgoing.headersFor(req, record.id, passed), request.method, 0);
    if (stages.signer.signs(match.route)) {
      headers.push(...stages.signer.sign(match.route, request, headers, Buffer.alloc(0)));
    }
    const handshake = {
      origin: target.origin,
      target: path,
      headers,
      timeoutMs: match.route.timeoutMs,
      tlsSkipVerify: match.route.tlsSkipVerify,
      stayElsewhere: connections.stayElsewhere(target),
      answer: outgoing.answerTo(req, passed),
    };
    const stopLooking = endWhenLeft(socket);
    const wanted = { target, person: passage.known?.session.email };
    const release = await connections.takeTunnel(wanted, socket);
    if (release === undefined) {
      stopLooking();
      return socket.destroyed ? undefined : refuseWithError(res, record, 'upstream_busy');
    }
    if (socket.destroyed) return release();
    socket.once('close', release);
    const { cookie } = req.headers;
    async function whyNot(): Promise<WhyNot | undefined> {
      const again = table().match(request.host, request.port);
      if (again === undefined || !stages.ports.serves(request, again)) return 'unknown_host';
      const { decision } = await gate.pass(request, { cookie }, again.route);
      return decision.allow ? undefined : decision.reason;
    }
    res.detachSocket(socket);
    forwardWebSocket(req, socket, head, handshake, {
      accepted(tunnel) {
        stopLooking();
        record.close(101);
        record.openedAt = elapsed();
        tell({ kind: 'tunnel_opened' });
        tunnel.onClose(() => tell({ kind: 'tunnel_closed' }));
        const cut = (reason: WhyNot) => tellCut(record, { reason });
        void tunnels.add({ tunnel, whyNot, cut }, table() !== decidedBy);
      },
      answered(status) {
        stopLooking();
        record.close(status);
      },
      failed(code, detail) {
        stopLooking();
        record.detail = detail;
        res.assignSocket(socket);
        refuseWithError(res, record, code);
      },
    });
  }

  return {
    request(req, res) {
      const record = openRecord(req, requestId(req), tell);
      res.once('close', function answered() {
        if (res.errored instanceof StalledError) record.detail = res.errored.message;
        record.close(res.headersSent ? res.statusCode : callerGone);
      });
      underId(record, () => serve(req, res, record)).catch((error: unknown) => failed(res, record, error));
    },

    upgrade(req, socket, head) {
      const record = openRecord(req, requestId(req), tell);
      // The caller may go at any time, and nobody else listens on an upgraded socket.
      socket.on('error', function broken(error) {
        socket.destroy();
        if (error instanceof StalledError) tellCut(record, { detail: error.message });
      });
      // What does not pass is answered as any other request would be, and the connection ends with it.
      const res = new ServerResponse(req);
      res.shouldKeepAlive = false;
      res.assignSocket(socket);
      res.once('finish', () => endConnection(socket));
      socket.once('close', () => record.close(res.headersSent ? res.statusCode : callerGone));
      underId(record, () => tunnel(req, socket, head, res, record)).catch((error: unknown) =>
        failed(res, record, error),
      );
    },
  };
}

// How long a request is held before it goes on is ours to answer for.
function timed(admit: Admit, tell: Tell): Admit {
  return async function admitTimed(req, res, record) {
    const startedAt = performance.now();
    const passed = await admit(req, res, record);
    if (passed !== undefined) {
      const isPublic = passed.passage.known === undefined;
      tell({ kind: 'admitted', isPublic, ms: performance.now() - startedAt });
    }
    return passed;
  };
}

// Whatever goes wrong in a stage closes: the request is answered with an error and goes nowhere.
function failed(res: ServerResponse, record: RequestRecord, error: unknown): void {
  record.detail = error instanceof Error ? error.message : 'unknown';
  try {
    if (res.headersSent) res.destroy();
    else refuseWithError(res, record, 'internal_error');
  } catch {
    res.destroy();
  }
}

import { Agent, request } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { Duplex } from 'node:stream';
import { trailersFor } from './headers.ts';

const headerBytes = 64 * 1024;

/** The requests of one stream of the proxy, on the one connection that was opened for it. */
export type Relay = {
  /** Sends a request on, and its answer back. */
  request(req: IncomingMessage, res: ServerResponse, headers: string[]): void;
  /** The same for a WebSocket handshake: only after 101 is there a tunnel. */
  upgrade(req: IncomingMessage, stream: Duplex, head: Buffer, headers: string[]): void;
};

/**
 * Frames requests anew on the way to the target, target and header names as they came: what the gate took for a body cannot be
 * another request to the application.
 */
export function createRelay(origin: Socket): Relay {
  // A second connection is never opened: the stream ends with its own.
  const agent = Object.assign(new Agent({ keepAlive: true, maxSockets: 1 }), {
    createConnection: () => origin,
  });

  function begin(req: IncomingMessage, headers: string[]): ClientRequest {
    return request({
      agent,
      method: req.method,
      path: req.url,
      headers: hasLength(req) ? headers : [...headers, 'Content-Length', '0'],
      maxHeaderSize: headerBytes,
      setDefaultHeaders: false,
    });
  }

  return {
    request(req, res, headers) {
      const asked = begin(req, headers);
      asked.on('information', ({ statusCode, headers: { link = [] } }) => {
        if (statusCode === 103) res.writeEarlyHints({ link });
      });
      asked.once('response', function answered(answer) {
        res.sendDate = false;
        res.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.once('end', () => addTrailers(res, answer.rawTrailers));
        pipeline(answer, res, (error) => error && cut(req.socket));
      });
      asked.once('upgrade', (_, socket) => socket.destroy());
      asked.on('error', () => cut(req.socket));
      res.once('close', () => res.writableFinished || asked.destroy());
      req.once('end', () => addTrailers(asked, trailersFor(req.rawTrailers)));
      req.pipe(asked);
    },

    upgrade(req, stream, head, headers) {
      const asked = begin(req, headers);
      asked.once('upgrade', function accepted(answer, socket, first) {
        stream.write(headOf(answer), 'latin1');
        if (first.length > 0) stream.write(first);
        if (head.length > 0) socket.write(head);
        pipeline(stream, socket, () => undefined);
        pipeline(socket, stream, () => undefined);
      });
      asked.once('response', function refused(answer) {
        // Until its end; whatever else comes on this stream is no tunnel and no request.
        stream.write(headOf(answer, ['Connection', 'close']), 'latin1');
        pipeline(answer, stream, () => undefined);
        stream.resume();
      });
      asked.on('error', () => cut(stream));
      stream.once('close', () => asked.destroy());
      asked.end();
    },
  };
}

/** Ends a stream so that the other side knows that something is missing: one that is only closed looks complete. */
export function cut(stream: Duplex): void {
  stream.destroy(new Error('the target closed the connection'));
}

// RFC 9112, section 6.3: a request with neither has no body. Node would frame one for a method that usually has.
function hasLength({ method = 'GET', headers }: IncomingMessage): boolean {
  if ('content-length' in headers || 'transfer-encoding' in headers) return true;
  return ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE'].includes(method);
}

function addTrailers(to: ClientRequest | ServerResponse, flat: readonly string[]): void {
  if (flat.length === 0) return;
  const at = (index: number): string => flat[index] ?? '';
  to.addTrailers(
    Array.from({ length: flat.length >> 1 }, (_, pair): [string, string] => [at(2 * pair), at(2 * pair + 1)]),
  );
}

// The body of an answer to a handshake comes parsed, so its framing is not that of the connection any more: it ends with it.
const framing: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'content-length',
  'connection',
  'keep-alive',
]);

function headOf(
  { statusCode = 502, statusMessage = '', rawHeaders }: IncomingMessage,
  more?: readonly string[],
): string {
  const kept = rawHeaders.flatMap((name, at) => {
    if (at % 2 === 1 || (more !== undefined && framing.has(name.toLowerCase()))) return [];
    return [`${name}: ${rawHeaders[at + 1] ?? ''}\r\n`];
  });
  const added = more === undefined ? '' : `${more.join(': ')}\r\n`;
  return `HTTP/1.1 ${statusCode} ${statusMessage}\r\n${kept.join('')}${added}\r\n`;
}

import { personHeader, reasonHeader, requestHeader, targetHeader } from '@latchkey/contract';
import { failWhenCut, resetStream, writeWhole } from '@latchkey/link';
import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { ConnectorAwayError, ConnectorFailedError } from './failure.ts';
import type { ConnectorLine, ConnectorPool } from './pool.ts';

/** Who asks for a connection that has no requests in it, each of which would say it. */
export type Shown = { readonly assertion: string | undefined; readonly requestId: string };

/** Has a connector lead on to a target, which is named as its own list has it. */
export type DialThrough = (
  name: string,
  target: string,
  dialed: buildConnector.Callback,
  shown?: Shown,
) => void;

const withinMs = 8_000;
const mostTries = 3;

/**
 * Opens connections as streams of a connector's connection (RFC 9113, section 8.5). A connector that is gone before it has
 * answered was sent nothing, so another one is asked.
 */
export function createDialThrough(pool: Pick<ConnectorPool, 'least' | 'begin'>): DialThrough {
  return function dialThrough(name, target, dialed, shown) {
    const tried = new Set<ConnectorLine>();

    function next(): void {
      const line = tried.size < mostTries ? pool.least(name, tried) : undefined;
      if (line === undefined) return dialed(new ConnectorAwayError(name), null);
      tried.add(line);
      return ask({ pool, line, name, target, shown }, (outcome) => {
        if (outcome === 'gone') next();
        else if (outcome instanceof Error) dialed(outcome, null);
        else dialed(null, outcome);
      });
    }
    next();
  };
}

type Asking = {
  readonly pool: Pick<ConnectorPool, 'begin'>;
  readonly line: ConnectorLine;
  readonly name: string;
  readonly target: string;
  readonly shown: Shown | undefined;
};

function ask(asking: Asking, settle: (outcome: Socket | Error | 'gone') => void): void {
  const { pool, line, name, target } = asking;
  let isSettled = false;
  function end(outcome: Socket | Error | 'gone'): void {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    settle(outcome);
  }
  const timer = setTimeout(function late() {
    end(new ConnectorFailedError(name, `did not lead to ${target} within ${withinMs / 1000} s`));
    stream?.destroy();
  }, withinMs);
  const stream = open(asking);
  if (stream === undefined) return end('gone');
  pool.begin(line, stream);
  // Heard for as long as it lives: what goes over it is told by those who use it.
  stream.on('error', () => end('gone'));
  stream.once('close', () => end('gone'));
  stream.once('response', function answered(headers: IncomingHttpHeaders) {
    const status = Number(headers[':status']);
    if (status === 200 && !isSettled) return end(asSocket(writeWhole(failWhenCut(stream))));
    const reason = String(headers[reasonHeader] ?? '').slice(0, 300);
    end(new ConnectorFailedError(name, `answered ${status} when it was asked for ${target}: ${reason}`));
    return stream.destroy();
  });
}

function open({ line, name, target, shown }: Asking): ClientHttp2Stream | undefined {
  const { assertion, requestId } = shown ?? {};
  try {
    return line.session.request(
      {
        ':method': 'CONNECT',
        ':authority': name,
        [targetHeader]: target,
        ...(assertion !== undefined && { [personHeader]: assertion }),
        ...(requestId !== undefined && { [requestHeader]: requestId }),
      },
      { endStream: false },
    );
  } catch {
    return undefined; // it ended in this very moment
  }
}

// What a stream calls when it ends.
const destroying = '_destroy';

/**
 * A stream as what speaks HTTP and WebSocket over sockets expects one. How the network is set is the matter of the connection below.
 * What breaks off reads as it would for a socket.
 */
function asSocket(stream: ClientHttp2Stream): Socket {
  const end = stream[destroying].bind(stream);
  stream[destroying] = (error, done) =>
    end(error, (broken) => done(broken ? Object.assign(broken, { code: 'ECONNRESET' }) : broken));
  const itself = () => stream;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that is used of a socket is there
  return Object.assign(stream, {
    ref: itself,
    unref: itself,
    setNoDelay: itself,
    setKeepAlive: itself,
    address: () => ({}),
    resetAndDestroy: () => resetStream(stream),
    connecting: false,
  }) as unknown as Socket;
}

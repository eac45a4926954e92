import {
  awayStatus,
  notListedStatus,
  personHeader,
  reasonHeader,
  requestHeader,
  targetHeader,
} from '@latchkey/contract';
import { failWhenCut, resetStream, writeWhole } from '@latchkey/link';
import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { ConnectorAwayError, ConnectorFailedError, TargetRefusedError } from './failure.ts';
import type { StreamLine, StreamLines } from './line.ts';

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
// Of several connectors with lists of their own, the ones that refuse have the least to do.
const mostTries = 8;

/**
 * Opens connections as streams of a connector's connection (RFC 9113, section 8.5). A connector whose stream closes before it has
 * answered was sent nothing, so another one is asked, and so is one whose list does not have the target.
 *
 * @param sources where there are connectors, the nearest first
 */
export function createDialThrough(sources: readonly StreamLines[]): DialThrough {
  return function dialThrough(name, target, dialed, shown) {
    const tried = new Set<StreamLine>();
    const left = sources.map((lines) => ({ lines, tries: mostTries }));
    let refusal: Error | undefined;

    function next(): void {
      const [source] = left;
      if (source === undefined) return dialed(refusal ?? new ConnectorAwayError(name), null);
      const line = source.tries > 0 ? source.lines.least(name, tried) : undefined;
      if (line === undefined) {
        left.shift();
        return next();
      }
      source.tries -= 1;
      tried.add(line);
      return ask({ lines: source.lines, line, name, target, shown }, (outcome) => {
        if (outcome instanceof TargetRefusedError) refusal = outcome;
        if (outcome === 'closed' || outcome instanceof TargetRefusedError) next();
        else if (outcome instanceof Error) dialed(outcome, null);
        else dialed(null, outcome);
      });
    }
    next();
  };
}

type Asking = {
  readonly lines: StreamLines;
  readonly line: StreamLine;
  readonly name: string;
  readonly target: string;
  readonly shown: Shown | undefined;
};

function ask(asking: Asking, settle: (outcome: Socket | Error | 'closed') => void): void {
  const { lines, line, name, target } = asking;
  let isSettled = false;
  function end(outcome: Socket | Error | 'closed'): void {
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
  if (stream === undefined) return end('closed');
  lines.begin(line, stream);
  // Listened to for as long as it lives. What is sent over it is reported by its users.
  stream.on('error', () => end('closed'));
  stream.once('close', () => end('closed'));
  stream.once('response', function answered(headers: IncomingHttpHeaders) {
    const status = Number(headers[':status']);
    if (status === 200 && !isSettled) return end(asSocket(writeWhole(failWhenCut(stream))));
    end(outcomeOf(status, { name, target, reason: String(headers[reasonHeader] ?? '').slice(0, 300) }));
    return stream.destroy();
  });
}

function outcomeOf(
  status: number,
  { name, target, reason }: { name: string; target: string; reason: string },
): Error | 'closed' {
  if (status === awayStatus) return 'closed';
  const why = `answered ${status} when it was asked for ${target}: ${reason}`;
  return status === notListedStatus ? new TargetRefusedError(name, why) : new ConnectorFailedError(name, why);
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

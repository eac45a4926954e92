import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { errors } from 'undici';
import type { buildConnector, Dispatcher } from 'undici';
import { createNotifier } from './notifier.ts';

/** A request as it is dispatched. */
export type DispatchedRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: string[];
  readonly body: Readable | null;
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
  /** the body goes only once the upstream wants it */
  readonly expectContinue?: boolean;
  /** what comes behind the body, a flat list, once it has ended; only where HTTP/2 is spoken */
  readonly trailers?: (() => readonly string[]) | undefined;
};

// RFC 9110, section 10.1.1: not every application knows the expectation, so its word is not waited for for ever.
const wordWithinMs = 1_000;

/**
 * Dispatches a request whose body goes only once the upstream has said `100 Continue`, or nothing for a while. undici
 * writes no head without a body, and takes a 100 for a fault. The connection is a new one and ends with the answer: of a
 * body that was not wanted nobody could tell whether it still comes.
 */
export function askFirst(
  dial: (dialed: buildConnector.Callback) => void,
  maxHeaderSize: number,
  outgoing: DispatchedRequest,
  handler: Dispatcher.DispatchHandler,
): void {
  dial((...[error, socket]) => {
    if (error === null) exchange(socket, maxHeaderSize, outgoing, handler);
    else handler.onResponseError?.(notStarted, error);
  });
}

/** Of a request that nothing was sent of. */
export const notStarted: Dispatcher.DispatchController = {
  aborted: true,
  paused: false,
  reason: null,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};

function exchange(
  socket: Socket,
  maxHeaderSize: number,
  { method, path, headers, body, bodyTimeout }: DispatchedRequest,
  handler: Dispatcher.DispatchHandler,
): void {
  const isMeasured = headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'content-length');
  const framing = isMeasured ? [] : ['Transfer-Encoding', 'chunked'];
  const asked = request({
    method,
    path,
    headers: [...headers, ...framing, 'Expect', '100-continue'],
    maxHeaderSize,
    createConnection: () => socket,
  });
  const word = setTimeout(goOn, wordWithinMs);
  let answer: IncomingMessage | undefined;
  const { controller, notify, end, fail } = createNotifier(handler, {
    pause: () => void answer?.pause(),
    resume: () => void answer?.resume(),
    over() {
      clearTimeout(word);
      body?.destroy();
      asked.destroy();
    },
  });

  function goOn(): void {
    clearTimeout(word);
    body?.on('data', (chunk: Buffer) => notify(() => handler.onBodySent?.(chunk)));
    body?.pipe(asked);
  }

  asked.once('continue', goOn);
  asked.once('finish', () => notify(() => handler.onRequestSent?.()));
  asked.on('information', function inform({ statusCode, rawHeaders, headers: parsed }) {
    if (statusCode === 100) return;
    controller.rawHeaders = rawHeaders;
    notify(() => handler.onResponseStart?.(controller, statusCode, parsed));
  });
  asked.once('response', function answered(message) {
    answer = message;
    clearTimeout(word);
    controller.rawHeaders = message.rawHeaders;
    notify(() => handler.onResponseStart?.(controller, message.statusCode ?? 502, message.headers));
    message.on('data', (chunk: Buffer) => notify(() => handler.onResponseData?.(controller, chunk)));
    message.once('error', fail);
    message.once('end', function answeredWhole() {
      controller.rawTrailers = message.rawTrailers;
      end(() => handler.onResponseEnd?.(controller, message.trailers));
    });
  });
  asked.on('error', fail);
  asked.setTimeout(bodyTimeout, () => fail(new errors.BodyTimeoutError()));
  handler.onRequestStart?.(controller, undefined);
}

import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { constants } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { rawValues } from '../../canonical/raw-headers.ts';
import { fieldPairs, fieldsOf, sendHead, toHttp1, toHttp2 } from './head.ts';

const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants;

// RFC 9110, section 15.6.2: what is not recognised for any target.
const notImplemented = 501;
const badRequest = 400;
// What an application may answer, and what we add.
const answerHeaderBytes = 128 * 1024;

/**
 * Takes a stream of HTTP/2 as a request of HTTP/1.1 on a connection of its own, and its answer back. So the code that decides,
 * limits and forwards reads every request in one way. Each side is read only as fast as the other takes it.
 *
 * @param hasBody whether anything follows the head
 * @param connectTo opens a connection in memory
 */
export function translate(
  stream: ServerHttp2Stream,
  rawHeaders: readonly string[],
  hasBody: boolean,
  connectTo: () => Duplex,
): void {
  stream.on('error', () => undefined);
  const head = toHttp1(rawHeaders, hasBody);
  // A tunnel; so is a WebSocket (RFC 8441), which is opened over HTTP/1.1 alone.
  if (head === undefined) return refuse(stream, notImplemented);
  const asked = ask(head, connectTo);
  if (asked === undefined) return refuse(stream, badRequest);
  let isAnswered = false;
  asked.once('response', function giveBack(answer) {
    isAnswered = true;
    if (!stream.destroyed) orBreak(stream, () => passOn(answer, stream));
  });
  // Once there is an answer, that one tells how it ends.
  asked.on('error', () => {
    if (!isAnswered) close(stream, NGHTTP2_INTERNAL_ERROR);
  });
  asked.on('information', ({ statusCode, rawHeaders: interim }) => {
    if (stream.destroyed) return;
    orBreak(stream, () => stream.additionalHeaders({ ...fieldsOf(interim), ':status': statusCode }));
  });
  const abandon = () => void asked.destroy();
  stream.once('close', abandon);
  // A stream closes only when all is read that came before; one that is reset is left sooner.
  stream.once('aborted', function leave() {
    abandon();
    stream.resume();
  });
  if (!hasBody) return void asked.end();
  stream.once('trailers', (_trailers, _flags, raw) => asked.addTrailers(fieldPairs(raw)));
  if (rawValues(rawHeaders, 'expect').length > 0) asked.once('continue', () => stream.pipe(asked));
  else stream.pipe(asked);
  return asked.flushHeaders();
}

// What nghttp2 lets through and HTTP/1.1 has no words for is not asked.
function ask(head: ReturnType<typeof toHttp1>, connectTo: () => Duplex): ClientRequest | undefined {
  try {
    return request({ ...head, maxHeaderSize: answerHeaderBytes, createConnection: connectTo });
  } catch {
    return undefined;
  }
}

function passOn(answer: IncomingMessage, stream: ServerHttp2Stream): void {
  const { statusCode = 502, rawHeaders } = answer;
  // gRPC reads an answer that ends with its head in another way than one whose content is empty.
  const isEmpty = rawValues(rawHeaders, 'content-length').at(-1) === '0';
  sendHead(toHttp2(statusCode, rawHeaders), (head) =>
    stream.respond(head, { endStream: isEmpty, waitForTrailers: !isEmpty }),
  );
  if (isEmpty) return endUpload(stream);
  stream.once('wantTrailers', function finish() {
    orBreak(stream, () => stream.sendTrailers(fieldsOf(answer.rawTrailers)));
    endUpload(stream);
  });
  answer.once('error', () => close(stream, NGHTTP2_INTERNAL_ERROR));
  answer.pipe(stream);
  return undefined;
}

// RFC 9113, section 8.1: of an upload whose answer is complete, the rest is not wanted any more. A stream with something unread
// would never close.
function endUpload(stream: ServerHttp2Stream): void {
  stream.unpipe();
  stream.resume();
  if (!stream.readableEnded) setImmediate(() => close(stream, NGHTTP2_NO_ERROR));
}

// What cannot be said over HTTP/2 breaks off, and nothing else does.
function orBreak(stream: ServerHttp2Stream, send: () => void): void {
  try {
    send();
  } catch {
    close(stream, NGHTTP2_INTERNAL_ERROR);
  }
}

function refuse(stream: ServerHttp2Stream, status: number): void {
  orBreak(stream, () => {
    stream.respond({ ':status': status }, { endStream: true });
    endUpload(stream);
  });
}

function close(stream: ServerHttp2Stream, code: number): void {
  if (!stream.closed && !stream.destroyed) stream.close(code);
}

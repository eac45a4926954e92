import { fieldsOf, sendHead, watchEnd } from '@latchkey/http';
import { constants } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { errors } from 'undici';
import type { Dispatcher } from 'undici';
import type { DispatchedRequest } from '../ask-first.ts';
import { isAboutOurCertificate } from '../../tls/certificate.ts';
import { ClosedStreamError } from '../../failure.ts';
import { MalformedAnswerError } from '../../malformed.ts';
import { createNotifier } from '../notifier.ts';
import { answerHead, requestHead } from './head.ts';

const { NGHTTP2_CANCEL, NGHTTP2_FLAG_END_STREAM, NGHTTP2_NO_ERROR } = constants;
const { NGHTTP2_PROTOCOL_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

/**
 * Sends a request as a stream of a connection, and notifies its handler as undici would of one over HTTP/1.1. Each side is
 * read only as fast as the other takes it.
 *
 * @param over called once, when nothing of it is left: with the error that it ended with
 */
export function exchange(
  session: ClientHttp2Session,
  outgoing: DispatchedRequest,
  scheme: 'http' | 'https',
  handler: Dispatcher.DispatchHandler,
  over: (error: Error | undefined) => void,
): void {
  const { method, body } = outgoing;
  const hasBody = body !== null;
  const stream = sendHead(requestHead(outgoing, scheme), (head) =>
    session.request(head, { endStream: !hasBody, waitForTrailers: hasBody }),
  );
  // Half an answer that is taken for a whole one would be followed by the next one within its `Content-Length`.
  const isWhole = watchEnd(stream);
  const { controller, notify, end, fail } = createNotifier(handler, {
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    over(error) {
      body?.destroy();
      // What is left of an upload is not wanted any more where the answer is complete.
      // A stream with something unread would never close.
      stream.resume();
      if (!stream.closed) stream.close(error === undefined ? NGHTTP2_NO_ERROR : NGHTTP2_CANCEL);
      over(error);
    },
  });

  stream.on('headers', function inform(headers, _flags, rawHeaders) {
    const status = Number(headers[':status']);
    // The body has been sent without asking.
    if (status === 100) return;
    controller.rawHeaders = answerHead(rawHeaders, { isWhole: false, method, status });
    notify(() => handler.onResponseStart?.(controller, status, {}));
  });
  stream.once('response', function answered(headers, flags, rawHeaders) {
    const status = Number(headers[':status']);
    const isAll = (flags & NGHTTP2_FLAG_END_STREAM) !== 0;
    controller.rawHeaders = answerHead(rawHeaders, { isWhole: isAll, method, status });
    if (!notify(() => handler.onResponseStart?.(controller, status, {}))) return;
    stream.setTimeout(outgoing.bodyTimeout, () => fail(new errors.BodyTimeoutError()));
    stream.on('data', (chunk: Buffer) => notify(() => handler.onResponseData?.(controller, chunk)));
  });
  stream.once('trailers', (_trailers, _flags, rawTrailers) => (controller.rawTrailers = rawTrailers));
  stream.once('end', function answeredWhole() {
    if (isWhole()) end(() => handler.onResponseEnd?.(controller, {}));
  });
  stream.on('error', (error) => fail(failed(session, stream.rstCode, error)));
  stream.once('close', () => fail(failed(session, stream.rstCode)));

  handler.onRequestStart?.(controller, undefined);
  if (!hasBody) return handler.onRequestSent?.();
  stream.once('wantTrailers', () => notify(() => stream.sendTrailers(fieldsOf(outgoing.trailers?.() ?? []))));
  stream.once('finish', () => notify(() => handler.onRequestSent?.()));
  body.on('data', (chunk: Buffer) => notify(() => handler.onBodySent?.(chunk)));
  body.once('error', fail);
  body.pipe(stream);
}

function failed(session: ClientHttp2Session, code: number | undefined, error?: Error): Error {
  // RFC 9113, section 8.7: what was refused has not been processed, and may be sent again.
  if (code === NGHTTP2_REFUSED_STREAM) return new ClosedStreamError('the application refused the stream');
  if (code === NGHTTP2_PROTOCOL_ERROR || isUnreadable(error)) {
    return new MalformedAnswerError('the application does not speak HTTP/2, or not as it should');
  }
  if (error !== undefined && isAboutOurCertificate(error)) return error;
  if (session.destroyed)
    return new ClosedStreamError(error?.message ?? 'the application closed the connection');
  return error ?? new Error(`the application reset the stream with the code ${code}`);
}

// What Node says of a connection that it cannot read any more.
function isUnreadable(error: Error | undefined): boolean {
  return error !== undefined && 'code' in error && error.code === 'ERR_HTTP2_ERROR';
}

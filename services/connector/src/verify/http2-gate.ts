import { fieldsOf, sendHead, watchEnd } from '@latchkey/http';
import { isClosed, servingOptions } from '@latchkey/link';
import { connect, constants, performServerHandshake } from 'node:http2';
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { trailersFor } from './headers.ts';
import type { CheckedRequest } from './rule.ts';

const { NGHTTP2_CANCEL, NGHTTP2_FLAG_END_STREAM, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants;

/** What becomes of a request: the headers that it goes on with, or an answer in its place. */
export type GateOutcome = { readonly headers: string[] } | { readonly status: number; readonly body: string };

/** What a client of HTTP/2 begins with (RFC 9113, section 3.4); no method of HTTP/1.1 is called so. */
export const beginsHttp2 = (first: Buffer): boolean => first.subarray(0, 3).toString('latin1') === 'PRI';

// What comes as 64 KiB over HTTP/1.1 is counted with 32 bytes for each header here (RFC 9113, section 6.5.2).
const headerBytes = 96 * 1024;
const mostStreams = 100;
// As the proxy has it towards applications that it reaches by itself.
const maxHeaderListPairs = 2_000;
const sessionMegabytes = 64;
const settings = { enablePush: false, maxHeaderListSize: headerBytes, maxConcurrentStreams: mostStreams };

/**
 * The same gate for HTTP/2, gRPC for one: the proxy's requests are taken off one connection, looked at one by one, and sent on over
 * another one to the target.
 *
 * @returns the connection of the proxy
 */
export function gateHttp2(
  stream: Duplex,
  origin: Socket,
  judge: (asked: CheckedRequest) => Promise<GateOutcome>,
): ServerHttp2Session {
  const near = performServerHandshake(stream, {
    ...servingOptions,
    settings,
    maxHeaderListPairs,
    maxSendHeaderBlockLength: 2 * headerBytes,
  });
  const far = connect('http://application', {
    createConnection: () => origin,
    settings: { enablePush: false, maxHeaderListSize: headerBytes },
    maxSessionMemory: sessionMegabytes,
    maxHeaderListPairs,
    maxSendHeaderBlockLength: 2 * headerBytes,
  });
  near.on('error', () => undefined);
  far.on('error', () => undefined);
  near.once('close', () => far.destroy());
  far.once('close', () => near.close());
  far.once('goaway', () => near.close());
  stream.once('close', () => near.destroy());

  async function pass(asked: ServerHttp2Stream, head: RequestHead): Promise<void> {
    // Before anything is waited for: the body may have come by then.
    const body = head.hasBody ? bodyOf(asked) : undefined;
    const verdict = await judge(head);
    if (isClosed(asked)) return;
    if ('status' in verdict) return answer(asked, verdict);
    const { method, url } = head;
    const pseudo = [':method', method, ':scheme', 'http', ':authority', head.authority, ':path', url];
    relay(asked, far, { head: [...pseudo, ...verdict.headers], body });
  }

  near.on(
    'stream',
    (asked: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, raw: string[]) => {
      asked.on('error', () => undefined);
      if (isClosed(asked)) return;
      const head = headOf(headers, raw, (flags & NGHTTP2_FLAG_END_STREAM) === 0);
      if (head === undefined) return answer(asked, { status: 501, body: 'no tunnel is opened here\n' });
      void pass(asked, head).catch(() => asked.close(NGHTTP2_INTERNAL_ERROR));
    },
  );
  return near;
}

type RequestHead = CheckedRequest & {
  readonly method: string;
  readonly url: string;
  readonly authority: string;
  readonly hasBody: boolean;
};

// RFC 9113, section 8.5: what is tunnelled nobody would look at.
function headOf(
  headers: IncomingHttpHeaders,
  raw: readonly string[],
  hasBody: boolean,
): RequestHead | undefined {
  const { ':method': method, ':path': url, ':authority': authority = '', ':protocol': protocol } = headers;
  if (
    typeof method !== 'string' ||
    typeof url !== 'string' ||
    method === 'CONNECT' ||
    protocol !== undefined
  ) {
    return undefined;
  }
  const rawHeaders = raw.filter((_, at) => raw[at - (at % 2)]?.startsWith(':') === false);
  return { method, url, headers, rawHeaders, authority, hasBody };
}

function answer(asked: ServerHttp2Stream, { status, body }: { status: number; body: string }): void {
  asked.respond({
    ':status': status,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  });
  asked.end(body);
  asked.resume();
}

type Body = { readonly isWhole: () => boolean; readonly trailers: () => readonly string[] };

function bodyOf(stream: ServerHttp2Stream | ClientHttp2Stream): Body {
  let trailers: string[] = [];
  stream.once('trailers', (_trailers: unknown, _flags: number, raw: string[]) => (trailers = raw));
  return { isWhole: watchEnd(stream), trailers: () => trailers };
}

function relay(
  asked: ServerHttp2Stream,
  far: ClientHttp2Session,
  { head, body }: { head: string[]; body: Body | undefined },
): void {
  const sent = sendHead(lowerCased(head), (flat) =>
    far.request([...flat], { endStream: body === undefined, waitForTrailers: body !== undefined }),
  );
  const answered = bodyOf(sent);
  if (body !== undefined) passBody(asked, sent, { ...body, trailers: () => trailersFor(body.trailers()) });
  sent.once('response', (_headers, flags, raw) => {
    if (isClosed(asked)) return;
    const isAll = (flags & NGHTTP2_FLAG_END_STREAM) !== 0;
    sendHead(raw, (flat) => asked.respond([...flat], { endStream: isAll, waitForTrailers: !isAll }));
    if (isAll) sent.resume();
    else passBody(sent, asked, answered);
  });
  sent.on('error', () => undefined);
  // Neither looks complete when the other is not.
  sent.once('close', function ended() {
    if (!answered.isWhole() && !asked.closed) asked.close(sent.rstCode || NGHTTP2_INTERNAL_ERROR);
  });
  asked.once('close', function left() {
    if (!sent.closed) sent.close(asked.rstCode === NGHTTP2_NO_ERROR ? NGHTTP2_NO_ERROR : NGHTTP2_CANCEL);
    sent.resume();
  });
}

function passBody(from: ServerHttp2Stream | ClientHttp2Stream, to: typeof from, body: Body): void {
  to.once('wantTrailers', () => isClosed(to) || to.sendTrailers(fieldsOf(body.trailers())));
  from.pipe(to, { end: false });
  from.once('end', function over() {
    if (body.isWhole()) to.end();
  });
}

function lowerCased(flat: readonly string[]): string[] {
  return flat.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text));
}

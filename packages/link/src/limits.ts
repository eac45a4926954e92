import type { ServerSessionOptions, SessionOptions, Settings } from 'node:http2';

/** How long a connector that stops lets what is under way finish. */
export const connectorStopsWithinMs = 25_000;

/** How long a connection between proxy and connector may take to end once either side has said that it leaves. */
export const leavesWithinMs = connectorStopsWithinMs + 5_000;

/** The longest WebSocket message. Each holds one frame of HTTP/2 at most, and those are of 16 KiB. */
export const longestMessage = 256 * 1024;

/** So many streams may be open on a connection at a time: more than one application may have requests under way by itself. */
export const mostStreams = 2_500;
// Less than the 64 KiB of the connection as a whole, so that no stream takes all of that. It is also what each caller who reads
// nothing costs the other side, and what is still to come of a download that was abandoned.
const windowBytes = 48 * 1024;
// What one has on its way, and its head.
const streamKilobytes = 128;

/**
 * What each side of a connection between proxy and connector promises the other. A stream that nobody reads holds as much as its
 * window, and stops nobody else: Node takes what is on the way of the connection as a whole.
 */
const h2Settings: Settings = {
  enablePush: false,
  initialWindowSize: windowBytes,
  maxConcurrentStreams: mostStreams,
  maxHeaderListSize: 16 * 1024,
};

// More than a connection can carry.
const anyNumber = 1_000_000;

/**
 * The options of either side. By itself, Node refuses streams while 10 MB wait to be sent over a connection, which some hundred callers
 * on slow lines bring about. The windows of the streams bound it here.
 */
export const sessionOptions: SessionOptions = {
  settings: h2Settings,
  // In megabytes.
  maxSessionMemory: (mostStreams * streamKilobytes) / 1_000,
};

/**
 * The options of the side that streams are opened to. Node ends a connection on which streams are reset (more than 1 000, and 33 a
 * second from then on) or refused (more than 100, one after the other): against strangers, that stops a flood (CVE-2023-44487). Here
 * the other side is our own proxy, and each request that a caller abandons is a stream that is reset. One caller would end the
 * connection for all.
 */
export const servingOptions: ServerSessionOptions = {
  ...sessionOptions,
  streamResetBurst: anyNumber,
  streamResetRate: anyNumber,
  maxSessionRejectedStreams: anyNumber,
};

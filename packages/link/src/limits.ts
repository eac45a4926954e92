import type { ServerSessionOptions, SessionOptions, Settings } from 'node:http2';

/** How long a connector that stops lets what is under way finish. */
export const connectorStopsWithinMs = 25_000;

/** How long a connection between proxy and connector may take to end once either side has said that it leaves. */
export const leavesWithinMs = connectorStopsWithinMs + 5_000;

/** The longest WebSocket message. Each holds one frame of HTTP/2 at most, and those are of 16 KiB. */
export const longestMessage = 256 * 1024;

const mostStreams = 1_000;
const windowBytes = 512 * 1024;

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
 * The options of either side. By itself, Node refuses a stream while 10 MB are on their way over the connection: that is forty pages of
 * 256 KiB to people whose line is slow. What bounds it here are the windows of the streams.
 */
export const sessionOptions: SessionOptions = {
  settings: h2Settings,
  // In megabytes.
  maxSessionMemory: (mostStreams * windowBytes) / 1024 ** 2,
};

/**
 * The options of the side that streams are opened to. Node ends a connection on which streams are reset (more than 1 000, and 33 a
 * second from then on) or refused (more than 100, however long it takes): against strangers, that stops a flood (CVE-2023-44487). Here
 * the other side is our own proxy, and each request that a caller abandons is a stream that is reset. One caller would end the
 * connection for all.
 */
export const servingOptions: ServerSessionOptions = {
  ...sessionOptions,
  streamResetBurst: anyNumber,
  streamResetRate: anyNumber,
  maxSessionRejectedStreams: anyNumber,
};

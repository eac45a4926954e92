import type { ServerSessionOptions, Settings } from 'node:http2';

/** How long a connector that stops lets what is under way finish. */
export const connectorStopsWithinMs = 25_000;

/** How long a connection between proxy and connector may take to end once either side has said that it leaves. */
export const leavesWithinMs = connectorStopsWithinMs + 5_000;

/** The longest WebSocket message. Each holds one frame of HTTP/2 at most, and those are of 16 KiB. */
export const longestMessage = 256 * 1024;

/**
 * What each side of a connection between proxy and connector promises the other. A stream that nobody reads holds as much as its
 * window, and stops nobody else: Node takes what is on the way of the connection as a whole.
 */
export const h2Settings: Settings = {
  enablePush: false,
  initialWindowSize: 512 * 1024,
  maxConcurrentStreams: 1_000,
  maxHeaderListSize: 16 * 1024,
};

// More than a connection can carry.
const anyNumber = 1_000_000;

/**
 * The options of the side that streams are opened to. Node ends a connection on which many streams are reset (more than 1 000, and 33 a
 * second from then on): against strangers, that stops a flood (CVE-2023-44487). Here the other side is our own proxy, and each
 * request that a caller abandons is such a stream. One caller would end the connection for all.
 */
export const servingOptions: ServerSessionOptions = {
  settings: h2Settings,
  streamResetBurst: anyNumber,
  streamResetRate: anyNumber,
};

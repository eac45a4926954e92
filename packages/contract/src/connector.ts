// What a connector and the proxy say to each other before, and beside, what goes through.

/** Where connectors arrive, by a WebSocket handshake with a bearer token. */
export const connectPath = '/oauth2/connect';

/** What is spoken in the WebSocket: HTTP/2, with the proxy as its client. Another version gets another name. */
export const subprotocol = 'latchkey-connector.1';

/** In the handshake: what the connector is called. */
export const nameHeader = 'latchkey-connector';

/** In its answer: which task of the proxy it has reached, so that a connector knows when it has reached all. */
export const taskHeader = 'latchkey-task';

/** In what the proxy tells a connector beside that: every task of the proxy that this one knows, with commas between. */
export const tasksHeader = 'latchkey-tasks';

/** In a CONNECT: the target, as the connector's own list has it. */
export const targetHeader = 'latchkey-target';

/** In a CONNECT for what is not HTTP: the assertion of the person. Requests of HTTP carry their own. */
export const personHeader = 'latchkey-assertion';

/** Beside it: the id of the request in the log of the proxy. */
export const requestHeader = 'latchkey-request-id';

/** The answer to a CONNECT for a target that the list does not have: another connector of the same name may have it. */
export const notListedStatus = 404;

/** The answer of another task of the proxy to a CONNECT, when no connector of the name is connected to it any more. */
export const awayStatus = 421;

/** In the answer to a CONNECT that is refused: why, for the log of the proxy. */
export const reasonHeader = 'latchkey-reason';

/** What a connector and a name in the upstream file may be called. */
export const connectorName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * What a connector dials: a host and a port, or a Unix socket beside it. HTTP is spoken there, unless it is `raw`, and over TLS of
 * the connector's own where it is `secure`.
 */
export type ConnectorTarget =
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly raw?: true;
      readonly secure?: true;
    }
  | { readonly kind: 'unix'; readonly path: string };

/**
 * A target as text, the same for both sides: what the proxy asks for is looked up in the list of the connector as it stands, and
 * never parsed.
 */
export function targetText(target: ConnectorTarget): string {
  if (target.kind === 'unix') return `unix:${target.path}`;
  const host = target.host.toLowerCase();
  const scheme = target.secure ? 'https://' : target.raw ? 'tcp://' : '';
  return `${scheme}${host.includes(':') ? `[${host}]` : host}:${target.port}`;
}

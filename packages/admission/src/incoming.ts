import { noDeviceTrust } from '@latchkey/access';
import type { DeviceTrust } from '@latchkey/access';
import { grpcHealthPath, isHealthCheck } from '@latchkey/contract';
import { authenticatesConnection, canonicalRequest } from '@latchkey/http';
import type { CanonicalRequest, Caller, Received, MalformedReason } from '@latchkey/http';

/** A request as it arrives: everything that is ever looked at to decide about it. */
export type Incoming = {
  readonly kind: 'http' | 'websocket';
  readonly isHealthCheck: boolean;
  /** its one reading, or why it has none */
  readonly read: CanonicalRequest | MalformedReason;
  readonly headers: Received['headers'];
  readonly rawHeaders: readonly string[];
  /** its credentials are those of the connection that it is sent on (NTLM, Negotiate) */
  readonly authenticatesConnection: boolean;
  /** a server in front asks about it, and forwards it by itself */
  readonly isQuestion: boolean;
  /** its answer is still being sent. An open WebSocket is decided about as a new one: its idle time may be over */
  readonly isUnderWay: boolean;
  readonly deviceTrust: DeviceTrust;
};

/**
 * @param trust says who is at the other end
 * @param deviceTrust what of their word about a device is believed
 */
export function readIncoming<Request extends Received>(
  req: Request,
  kind: Incoming['kind'],
  trust: { read(req: Request): Caller },
  deviceTrust = noDeviceTrust,
): Incoming {
  const { headers, rawHeaders } = req;
  return {
    kind,
    isHealthCheck: isHealthCheck(req) || req.url === grpcHealthPath,
    read: canonicalRequest(req, trust),
    headers,
    rawHeaders,
    // Node keeps the first of several.
    authenticatesConnection: headers.authorization !== undefined && authenticatesConnection(rawHeaders),
    isQuestion: false,
    isUnderWay: false,
    deviceTrust,
  };
}

import type { Decision, Principal } from '@latchkey/access';
import type { CanonicalRequest, ErrorCode } from '@latchkey/http';
import type { Route } from '@latchkey/upstreams';

/** What is found out about one request while it passes the stages; it is told at the end. */
export type RequestRecord = {
  readonly id: string;
  /** nothing else is found out about it */
  isHealthCheck?: true;
  request?: CanonicalRequest;
  route?: Route;
  decision?: Decision;
  principal?: Principal;
  error?: ErrorCode;
  detail?: string;
  /** when it became an open WebSocket, in milliseconds that never jump */
  openedAt?: number;
  /** Tells that the request is over; later calls do nothing. */
  close(status: number): void;
};

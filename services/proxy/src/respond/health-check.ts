import { isReady, linesOf } from '@latchkey/admin';
import type { Component } from '@latchkey/admin';
import { grpcHealthPath } from '@latchkey/contract';
import { replyText } from '@latchkey/http';
import type { IncomingMessage, ServerResponse } from 'node:http';

// https://grpc.io/docs/guides/status-codes/. An ALB takes UNIMPLEMENTED for healthy unless configured otherwise, because that is what
// every gRPC server says of the method that it asks for.
const grpcStatus = { unimplemented: '12', unavailable: '14' } as const;

/**
 * Tells a load balancer whether it may send requests; to one that checks by gRPC in the words of gRPC.
 *
 * @param components of this proxy, as they are at the moment
 */
export function answerHealthCheck(
  { url }: IncomingMessage,
  res: ServerResponse,
  components: readonly Component[],
): void {
  const mayBeSent = isReady(components);
  if (url !== grpcHealthPath) return replyText(res, mayBeSent ? 200 : 503, linesOf(components));
  res.writeHead(200, {
    'Content-Type': 'application/grpc',
    'Content-Length': '0',
    'Grpc-Status': mayBeSent ? grpcStatus.unimplemented : grpcStatus.unavailable,
  });
  return void res.end();
}

import { grpcHealthPath } from '@latchkey/contract';
import { replyText } from '@latchkey/http';
import type { IncomingMessage, ServerResponse } from 'node:http';

// https://grpc.io/docs/guides/status-codes/. An ALB takes UNIMPLEMENTED for healthy unless told otherwise, because that is what
// every gRPC server says of the method that it asks for.
const grpcStatus = { unimplemented: '12', unavailable: '14' } as const;

/**
 * Tells a load balancer whether it may send requests; to one that checks by gRPC in the words of gRPC.
 *
 * @param state.why it may not as yet, where that is so
 */
export function answerHealthCheck(
  { url }: IncomingMessage,
  res: ServerResponse,
  state: { isReady: boolean; why: string | undefined },
): void {
  const isReady = state.isReady && state.why === undefined;
  if (url !== grpcHealthPath) return replyText(res, isReady ? 200 : 503, state.why ?? '');
  res.writeHead(200, {
    'Content-Type': 'application/grpc',
    'Content-Length': '0',
    'Grpc-Status': isReady ? grpcStatus.unimplemented : grpcStatus.unavailable,
  });
  return void res.end();
}

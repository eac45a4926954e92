import { reasonHeader } from '@latchkey/contract';
import type { ServerHttp2Stream } from 'node:http2';
import { isClosed } from './is-closed.ts';

const longestReason = 300;

/** Answers that a stream leads nowhere, and why. What is no ASCII becomes `?`: that is all that a header can hold. */
export function refuseStream(stream: ServerHttp2Stream, status: number, reason: string): void {
  if (isClosed(stream)) return;
  const said = reason.replace(/[^ -~]/g, '?').slice(0, longestReason);
  stream.respond({ ':status': status, [reasonHeader]: said }, { endStream: true });
}

/** What a header of a stream says; undefined for nothing, and where it is there more than once. */
export function saidIn(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

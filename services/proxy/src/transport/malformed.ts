import { rawValues } from '@latchkey/http';
import { errors as undiciErrors } from 'undici';

/** The application answered, and the answer is malformed or ambiguous. */
export class MalformedAnswerError extends Error {}

/**
 * Refuses an answer with a transfer coding besides `chunked`. Nobody offered one (RFC 9110, section 10.1.4), and the label
 * ends at this hop: the caller would be given compressed bytes as if they were the content.
 *
 * @returns undefined where there is nothing to refuse
 */
export function refuseTransferCoding(rawHeaders: readonly string[]): MalformedAnswerError | undefined {
  const codings = rawValues(rawHeaders, 'transfer-encoding').join(', ');
  if (codings === '' || codings.toLowerCase() === 'chunked') return undefined;
  return new MalformedAnswerError(`the answer has a Transfer-Encoding that nobody asked for: ${codings}`);
}

/** What is malformed about an answer whose head could not be read; undefined where the error is of another kind. */
export function malformedDetail(error: Error): string | undefined {
  if (error instanceof MalformedAnswerError || error instanceof undiciErrors.HTTPParserError) {
    return error.message;
  }
  if (error instanceof undiciErrors.HeadersOverflowError) return 'the head of the answer is over 64 KiB';
  // undici compares lengths before it says what it could not read; without a head there is no body to compare.
  if (error instanceof undiciErrors.ResponseContentLengthMismatchError) {
    return 'the head of the answer does not match HTTP/1.1: it has two lengths, or a fault behind its Content-Length';
  }
  if (error instanceof undiciErrors.SocketError) return uninvited.get(error.message);
  // Node's own parser, which reads the answers to handshakes.
  return 'code' in error && String(error.code).startsWith('HPE_') ? error.message : undefined;
}

const uninvited: ReadonlyMap<string, string> = new Map([
  ['bad response', 'the answer begins with a 100 that nobody asked for'],
  ['bad upgrade', 'the answer is a 101 that nobody asked for'],
]);

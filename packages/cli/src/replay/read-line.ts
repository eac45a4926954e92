import { logLines } from '@latchkey/contract';
import type { PrincipalLine, RequestLine } from '@latchkey/contract';
import { parsedJson } from '../parsed-json.ts';

/** A line of the log that a replay goes by. */
export type LoggedLine =
  | { readonly kind: 'request'; readonly time: string; readonly line: RequestLine }
  | { readonly kind: 'principal'; readonly line: PrincipalLine };

const begin = Buffer.from('{');
// What both kinds of lines have, so that no other has to be parsed.
const marks = [Buffer.from('"msg":"request"'), Buffer.from('"msg":"principal"')];

/** Reads one line, whatever a log collector has put in front of it; gives undefined for what a replay does not go by. */
export function readLine(text: Buffer): LoggedLine | undefined {
  if (!marks.some((mark) => text.includes(mark))) return undefined;
  const json = parsedJson(text.toString('utf8', Math.max(text.indexOf(begin), 0)));
  const request = logLines.request.safeParse(json);
  if (request.success) {
    const { time } = request.data;
    // Auth writes such lines, too, and decides about no application.
    const isOfProxy = request.data.service === 'proxy' && time !== undefined;
    return isOfProxy ? { kind: 'request', time, line: request.data } : undefined;
  }
  const principal = logLines.principal.safeParse(json);
  return principal.success ? { kind: 'principal', line: principal.data } : undefined;
}

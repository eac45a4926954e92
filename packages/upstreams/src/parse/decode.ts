import { collectProblems } from '../problems.ts';
import type { Diagnostic } from '../types.ts';
import { maxFileLength } from './limits.ts';
import { templatedText } from './source.ts';

/** The text of a file, or the one diagnostic that says why it has none. */
export type DecodedFile = { ok: true; text: string } | { ok: false; diagnostics: readonly Diagnostic[] };

/** The bytes of an upstream file as text. A byte order mark is dropped; anything but UTF-8 is refused. */
export function decodeUpstreamFile(file: string, bytes: Uint8Array): DecodedFile {
  const problems = collectProblems(file);
  if (bytes.byteLength > maxFileLength) {
    problems.report('fileTooLarge', { line: 1, column: 1 }, tooLarge(bytes.byteLength));
    return { ok: false, diagnostics: problems.inFileOrder() };
  }
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes);
    const at = templatedText(text, text, []).at(Math.max(0, text.indexOf('\uFFFD')));
    problems.report('notUtf8', at, 'The file is not UTF-8 from here on: save it as UTF-8');
    return { ok: false, diagnostics: problems.inFileOrder() };
  }
}

/** The sentence about a file of `length` bytes or characters. */
export function tooLarge(length: number): string {
  return `The file is larger than 4 MiB (${length} bytes): check that this is the upstream file`;
}

import type { IncomingMessage } from 'node:http';

const limitBytes = 16 * 1024;

/** Reads a urlencoded body. Throws when it is longer than any form that this provider expects. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(await readBody(request));
}

/** Reads a body as text, within the same limit. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limitBytes) throw new Error('form body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

import { ownEndpoints } from '@latchkey/contract';
import { largestMessage } from '@latchkey/tcp-tunnel';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { printable } from '../output/terminal.ts';
import { lookupFor } from '../tokens/ask.ts';
import { Failure } from '../exit.ts';
import { parsedJson } from '../parsed-json.ts';

const withinMs = 15_000;
const longestAnswer = 64 * 1024;

const refusal = z.object({ message: z.string(), request_id: z.string() });

/**
 * Opens one way to what is behind the host of an application, as who the token says.
 *
 * @returns a WebSocket that carries a TCP connection
 * @throws Failure with what the gate says about it
 */
export async function connect(resource: string, token: string): Promise<WebSocket> {
  const url = new URL(ownEndpoints.tcp.path, resource);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const ws = new WebSocket(url, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: withinMs,
    maxPayload: largestMessage,
    perMessageDeflate: false,
    followRedirects: false,
    lookup: lookupFor(url),
  });
  // What is behind may speak first, and in one piece with the answer: nobody listens until it is carried.
  ws.once('open', () => ws.pause());
  const refused = new Promise<never>((_, reject) => {
    ws.once('unexpected-response', (_request, answer: IncomingMessage) => {
      reasonIn(answer).then((reason) => reject(new Failure(`${resource}: ${reason}`)), reject);
    });
  });
  try {
    await Promise.race([once(ws, 'open'), refused]);
    return ws;
  } catch (error) {
    ws.on('error', () => undefined);
    ws.terminate();
    if (error instanceof Failure) throw error;
    throw new Failure(`${resource} does not answer (${error instanceof Error ? error.message : 'unknown'})`, {
      cause: error,
    });
  }
}

async function reasonIn(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of answer.setEncoding('utf8')) {
    text += String(piece);
    if (text.length > longestAnswer) break;
  }
  const { data } = refusal.safeParse(parsedJson(text));
  if (data === undefined) return `status ${answer.statusCode}, and not from Latchkey: is the host right?`;
  return `${printable(data.message)} (status ${answer.statusCode}, request ${printable(data.request_id)})`;
}

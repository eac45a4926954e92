import { once } from 'node:events';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { InFront } from './front.ts';
import { caller } from './front.ts';

/** What is asked of a host under `latchkey.localhost` through the front. */
export type Question = {
  host?: string;
  target?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: Buffer;
};

/**
 * Asks, and hands back the answer while its body is still on the way. The target goes out byte for byte.
 *
 * @param heard the numbers of interim answers
 */
export async function open(
  the: InFront,
  question: Question = {},
  heard: number[] = [],
): Promise<IncomingMessage> {
  const { host = 'hello', target = '/', method = 'GET', headers = {}, body } = question;
  const req = request({
    ...caller,
    host: '127.0.0.1',
    port: the.port,
    path: target,
    method,
    agent: false,
    headers: { host: `${host}.latchkey.localhost:${the.port}`, ...headers },
  });
  // An answer may come before the whole body went out.
  req.on('error', () => undefined);
  req.on('information', ({ statusCode }) => heard.push(statusCode));
  req.end(body);
  const [answer] = (await once(req, 'response')) as [IncomingMessage];
  return answer;
}

/** Asks, and reads the answer to its end. */
export async function ask(the: InFront, question: Question = {}) {
  const interim: number[] = [];
  const answer = await open(the, question, interim);
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer), interim };
}

/** Asks with `Expect: 100-continue`, and sends the body only after the answer 100. */
export async function askFirst(the: InFront, headers: Record<string, string>, body: Buffer) {
  const req = request({
    ...caller,
    host: '127.0.0.1',
    port: the.port,
    method: 'PUT',
    agent: false,
    headers: {
      host: `hello.latchkey.localhost:${the.port}`,
      'content-length': body.length,
      expect: '100-continue',
      ...headers,
    },
  });
  let wentOn = false;
  req.on('error', () => undefined);
  req.once('continue', () => {
    wentOn = true;
    req.end(body);
  });
  req.flushHeaders();
  const [answer] = (await once(req, 'response')) as [IncomingMessage];
  const said = { wentOn, status: answer.statusCode, body: await text(answer) };
  req.destroy();
  return said;
}

import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { cookieHeader, signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack, StackOptions } from '../fixtures/stack.ts';

/** An application that runs, as its makers made it. */
export type Application = { readonly port: number; stop(): Promise<void> };

/** An installation with one application behind it, and somebody who is signed in. */
export type InUse = {
  readonly stack: Stack;
  /** where people reach the application */
  readonly url: string;
  /** host and port of that */
  readonly authority: string;
  /** the `Cookie` header of somebody who may pass */
  readonly cookie: string;
};

/** What is asked of the application through the proxy. The target goes out byte for byte. */
export type Question = {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | Readable;
  /** how the body of the answer is read; default: UTF-8 */
  readonly encoding?: BufferEncoding;
};

/**
 * Starts an application, and both services in front of it, before the tests of a file, and stops them after these.
 *
 * @param start gets a folder that is removed afterwards
 * @param options.route lines among the options of its route
 * @param options.path where in the application the route leads
 */
export function useApplication(
  start: (folder: string) => Promise<Application>,
  options: Pick<StackOptions, 'proxyEnv' | 'https'> & { route?: string; path?: string } = {},
): InUse {
  const { route = '', path = '', ...ofStack } = options;
  let running: { stack: Stack; cookie: string } | undefined;
  let application: Application | undefined;
  let folder: string | undefined;
  function now() {
    if (running === undefined) throw new Error('the application runs only inside tests');
    return running;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-application-'));
    application = await start(folder);
    const to = `http://127.0.0.1:${application.port}${path}`;
    const upstreams = `
- service: app
  default:
    from: app.latchkey.localhost
    to: ${to}
    options: { allowed_groups: [engineering@example.com], ${route} }
- service: hello
  default: { from: hello.latchkey.localhost, to: '{{app}}', options: { allowed_email_domains: [example.com] } }
`;
    const stack = await startStack({ ...ofStack, upstreams });
    const browser = await signedIn(stack);
    running = { stack, cookie: await cookieHeader(browser, stack.url('app')) };
    await browser.close();
  });
  afterEach(() => void (now().stack.log.length = 0));
  afterAll(async () => {
    await running?.stack.close();
    await application?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  return {
    get stack() {
      return now().stack;
    },
    get url() {
      return now().stack.url('app', '');
    },
    get authority() {
      return new URL(now().stack.url('app')).host;
    },
    get cookie() {
      return now().cookie;
    },
  };
}

/** Starts an application that is written in the test. */
export async function startApp(
  listener: RequestListener,
): Promise<Application & { server: ReturnType<typeof createServer> }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Asks as somebody who is signed in, and hands back the answer while its body is on the way. */
export async function open(the: InUse, question: Question = {}): Promise<IncomingMessage> {
  return openAsStranger(the, { ...question, headers: { cookie: the.cookie, ...question.headers } });
}

/** Asks without a session. */
export async function openAsStranger(the: InUse, question: Question = {}): Promise<IncomingMessage> {
  const { method = 'GET', target = '/', headers = {}, body } = question;
  const req = request({
    host: '127.0.0.1',
    port: the.stack.ports.proxy,
    path: target,
    method,
    agent: false,
    headers: { host: the.authority, ...headers },
  });
  const answered = once(req, 'response');
  // An answer may come before the whole body went out.
  req.on('error', () => undefined);
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) req.end(body);
  else pipeline(body, req).catch(() => undefined);
  const [answer] = (await answered) as [IncomingMessage];
  return answer;
}

/** Asks as somebody who is signed in, and reads the answer to its end. */
export async function ask(the: InUse, question: Question = {}) {
  return whole(await open(the, question), question.encoding);
}

/** Asks without a session, and reads the answer to its end. */
export async function askAsStranger(the: InUse, question: Question = {}) {
  return whole(await openAsStranger(the, question), question.encoding);
}

async function whole(answer: IncomingMessage, encoding?: BufferEncoding) {
  const body = (await buffer(answer)).toString(encoding);
  return { status: answer.statusCode, headers: answer.headers, body, trailers: answer.trailers };
}

import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Browser } from '@latchkey/testing/browser';
import { freePort } from '@latchkey/testing/ports';
import { startProgram } from '../fixtures/running-program.ts';
import type { Plan, RunningProgram } from '../fixtures/running-program.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { LogLine, Stack, StackOptions } from '../fixtures/stack.ts';

/** What a configuration has to know of the installation behind it. */
export type Setting = {
  /** for what the program writes, and for the files of the configuration */
  readonly folder: string;
  /** where it listens */
  readonly port: number;
  readonly stack: Stack;
  /** A file that operators copy, with the names, addresses and certificates of this installation. */
  readonly copied: (file: string) => string;
};

/** The installation of one test file, with a server in front that ends TLS. */
export type InFront = {
  readonly stack: Stack;
  readonly port: number;
  /** what the program has printed */
  output(): string;
  browser(): Browser;
  signedIn(email?: string, host?: string): Promise<Browser>;
};

/** Where callers are: beyond what the services trust, which is the front alone. */
export const caller = { rejectUnauthorized: false, localAddress: '127.0.0.2' } as const;

const root = join(import.meta.dirname, '../..');
const certificate = join(root, 'test/fixtures/tls/localhost.crt');
const key = join(root, 'test/fixtures/tls/localhost.key');

/**
 * Starts both services and a program in front of them before the tests of a file, and stops them after these.
 *
 * @param program the path of its executable
 */
export function useFront(
  program: string,
  plan: (setting: Setting) => Plan,
  options: Pick<StackOptions, 'now' | 'proxyEnv' | 'upstreams'> = {},
): InFront {
  const browsers: Browser[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-front-'));
  let running: ({ stack: Stack; port: number } & RunningProgram) | undefined;
  function now() {
    if (running === undefined) throw new Error('the program runs only inside tests');
    return running;
  }

  beforeAll(async () => {
    const port = await freePort();
    const trusting = { SERVER_TRUSTED_PROXIES: '127.0.0.1' };
    const stack = await startStack({
      ...options,
      https: true,
      frontPort: port,
      authEnv: trusting,
      proxyEnv: { ...trusting, ...options.proxyEnv },
    });
    const setting = { folder, port, stack, copied: (file: string) => copied(file, { folder, port, stack }) };
    running = { stack, port, ...(await startProgram(program, plan(setting), { folder, port })) };
  });
  afterEach(async () => {
    await Promise.all(browsers.splice(0).map((browser) => browser.close()));
    now().stack.app.received.length = 0;
    now().stack.app.answer = undefined;
  });
  afterAll(async () => {
    // A server whose connections are over ends at once.
    await running?.stack.close();
    await running?.stop();
    rmSync(folder, { recursive: true });
  });

  return {
    get stack() {
      return now().stack;
    },
    get port() {
      return now().port;
    },
    output: () => now().output(),
    browser() {
      const browser = new Browser({ front: caller });
      browsers.push(browser);
      return browser;
    },
    async signedIn(email = 'engineer@example.com', host = 'hello') {
      const browser = this.browser();
      await signIn(browser, now().stack.url(host), email);
      now().stack.app.received.length = 0;
      return browser;
    },
  };
}

/** What the checks of a front were answered by proxy and auth; waits for the first ones. */
export function checked({ stack }: InFront): Promise<unknown[]> {
  return Promise.all(
    ['proxy', 'auth'].map(async function statusAt(service) {
      const isCheck = (line: LogLine) => line.service === service && line['path'] === '/ping';
      const line = stack.log.find(isCheck) ?? (await stack.nextLine(isCheck));
      return line['status'];
    }),
  );
}

// What operators change, too. A file that no longer holds one of these would be tested with somebody else's addresses.
function copied(file: string, { folder, port, stack }: Omit<Setting, 'copied'>): string {
  const together = join(folder, 'both.pem');
  writeFileSync(together, readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'));
  const changes: [from: RegExp, to: string][] = [
    [/\/\S+\/corp\.example\.com\.pem/g, file.endsWith('.cfg') ? together : certificate],
    [/\/\S+\/corp\.example\.com\.key/g, key],
    [/corp\.example\.com/g, 'latchkey.localhost'],
    [/127\.0\.0\.1:4180/g, `127.0.0.1:${stack.ports.proxy}`],
    [/127\.0\.0\.1:4190/g, `127.0.0.1:${stack.ports.auth}`],
    [/127\.0\.0\.1:8080/g, `127.0.0.1:${stack.app.port}`],
    [/(?<=listen )443(?= ssl)|(?<=bind ):443(?= ssl)|\*:443(?=>)/g, `127.0.0.1:${port}`],
  ];
  const text = readFileSync(join(root, 'deploy/fronts', file), 'utf8');
  return changes.reduce((changed, [from, to]) => changed.replaceAll(from, to), withTaskThatIsDown(text));
}

// One more line for a task of the proxy, where nothing listens.
function withTaskThatIsDown(text: string): string {
  return text.replaceAll(/^ +.*127\.0\.0\.1:4180.*$/gm, (line) => {
    const other = line.replace('proxy1', 'proxy2').replace('127.0.0.1:4180', '127.0.0.1:9');
    return `${line}\n${other}`;
  });
}

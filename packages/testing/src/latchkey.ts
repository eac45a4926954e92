import { run } from '@latchkey/cli';
import type { Io } from '@latchkey/cli';
import { call } from '@latchkey/http';
import type { Answer, Call } from '@latchkey/http';
import { PassThrough } from 'node:stream';
import type { Duplex } from 'node:stream';

/** What a run of the command line left behind. */
export type CommandOutcome = { code: number; stdout: string; stderr: string };

type Surroundings = {
  isTerminal?: boolean;
  env?: Record<string, string>;
  /** what somebody at the keyboard answers; absent: nobody is there */
  ask?: (question: string) => Promise<string>;
  /** what answers its calls; absent: any server that listens */
  call?: (made: Call) => Promise<Answer>;
  /** what a browser of this machine does with an address; absent: there is none */
  openBrowser?: (address: string) => void;
  /** who sees how far a command is; absent: nobody does */
  progress?: (line: string) => void;
  /** the credentials of AWS; absent: there are none */
  awsCredentials?: () => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }>;
  /** the two ways of standard input and output */
  stdio?: Duplex;
  /** ends what goes on until then */
  stopped?: AbortSignal;
  /** what another program does with a secret and its arguments */
  runWith?: (secret: string, program: string, args: readonly string[]) => Promise<number>;
  /** the same with files in a folder */
  runBeside?: Io['runBeside'];
  /** how `latchkey` is run again */
  self?: string;
};

/** Runs `latchkey` with these arguments among these files; nothing of the machine is touched. */
export async function latchkey(
  files: Record<string, string | Uint8Array>,
  args: readonly string[],
  {
    isTerminal = false,
    env = {},
    ask,
    call: answerCall = call,
    openBrowser,
    progress,
    awsCredentials = nobody,
    stdio,
    stopped,
    runWith = nothing,
    runBeside = nothing,
    self = 'latchkey',
  }: Surroundings = {},
): Promise<CommandOutcome> {
  let stdout = '';
  let stderr = '';
  function readFile(path: string): Uint8Array {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  }
  const code = await run(args, {
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    env,
    isTerminal,
    ...(ask !== undefined && { ask }),
    call: answerCall,
    ...(openBrowser !== undefined && { openBrowser }),
    ...(progress !== undefined && { progress }),
    sizeOf: (path) => files[path]?.length,
    awsCredentials,
    stdio: () => stdio ?? new PassThrough(),
    ...(stopped !== undefined && { stopped }),
    runWith,
    runBeside,
    self,
    release: { version: '1.2.3', revision: '4943c62' },
    readFile,
    // In small ones, so that lines and even characters are torn.
    async *readPieces(path) {
      const content = readFile(path);
      for (let at = 0; at < content.length; at += 100) yield content.subarray(at, at + 100);
    },
  });
  return { code, stdout, stderr };
}

async function nobody(): Promise<never> {
  throw new Error('Could not load credentials from any providers');
}

async function nothing(): Promise<number> {
  throw Object.assign(new Error('nothing to run'), { code: 'ENOENT' });
}

/** The findings of a run with `--format json`, each as `LK202 5:7`. */
export function placesIn(stdout: string): string[] {
  const { findings }: { findings: Array<{ code: string; line: number; column: number }> } =
    JSON.parse(stdout);
  return findings.map(({ code, line, column }) => `${code} ${line}:${column}`);
}

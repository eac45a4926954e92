import { execFile } from 'node:child_process';

/** How a program ended; the code is null where it had to be killed. */
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
export type Options = { readonly env?: NodeJS.ProcessEnv; readonly timeoutMs?: number };

/** Runs a program to its end, for at most three minutes if nothing else is said. */
export function run(
  command: string,
  args: readonly string[],
  { env = process.env, timeoutMs = 180_000 }: Options = {},
): Promise<Ended> {
  const options = { env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 } as const;
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, stdout, stderr });
    });
  });
}

/** What a program printed. Throws with the end of what it said where it did not end with 0. */
export async function outputOf(ending: Promise<Ended>): Promise<string> {
  const { code, stdout, stderr } = await ending;
  if (code === 0) return stdout;
  const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-40).join('\n');
  throw new Error(`ended with ${code ?? 'a kill'}:\n${said}`);
}

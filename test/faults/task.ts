import { startScript, startService } from '../fixtures/service-process.ts';
import type { ServiceProcess } from '../fixtures/service-process.ts';

/** A process that can be killed, paused, stopped, and started again as it was. */
export type Task = {
  readonly name: string;
  readonly port: number;
  /** Kills it at once (SIGKILL). */
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Has it stop by itself (SIGTERM); gives its exit code. */
  stop(): Promise<number | null>;
  /** Starts it again, and waits until it listens. */
  startAgain(): Promise<void>;
  /** all that it has printed, in all of its lives */
  output(): string;
  /** how often it has ended though nobody stopped it */
  ended(): number;
};

/** What a task is: a service of ours, or a script of this suite. */
export type Program = { readonly service: 'auth' | 'proxy' | 'connector' } | { readonly script: string };

/** Starts one. */
export async function startTask(
  name: string,
  program: Program,
  { port, env }: { port: number; env: Record<string, string> },
): Promise<Task> {
  let printed = '';
  let ended = 0;
  let asked = false;
  let life = await live();

  async function live(): Promise<ServiceProcess> {
    asked = false;
    const begun =
      'service' in program ? startService(program.service, env) : startScript(name, program.script, { env });
    void remember(begun);
    await begun.listening;
    return begun;
  }
  async function remember(begun: ServiceProcess): Promise<void> {
    await begun.ended;
    printed += begun.output();
    if (!asked) ended += 1;
  }
  function end(signal: NodeJS.Signals): Promise<number | null> {
    asked = true;
    life.signal(signal);
    return life.ended;
  }

  return {
    name,
    port,
    kill: async () => void (await end('SIGKILL')),
    freeze: () => life.signal('SIGSTOP'),
    thaw: () => life.signal('SIGCONT'),
    stop: () => end('SIGTERM'),
    async startAgain() {
      life = await live();
    },
    output: () => (asked ? printed : printed + life.output()),
    ended: () => ended,
  };
}

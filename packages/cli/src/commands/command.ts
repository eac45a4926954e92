import type { Io } from '../io.ts';

/** One command of `latchkey`. */
export type Command = {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** How it is called, without `latchkey` in front. */
  readonly usage: string;
  /** What it does, its options and its examples, as `--help` shows them. */
  readonly help: string;
  /** Takes the arguments behind its name and gives the exit code. Throws UsageError, or what `parseArgs` throws. */
  run(args: string[], io: Io): number | Promise<number>;
};

/** The part of every help text about reading a file for one environment. */
export const deploymentHelp = `  --cluster NAME    the section that is laid over \`default\`; "" reads \`default\` alone.
                    Left out, it is UPSTREAM_CLUSTER of the env file
  --env-file FILE   variables, as NAME=value lines; may be given several times, for files that are laid
                    over each other (what stands later counts) and for proxy.env and auth.env: a file
                    with variables of one service alone is read for that one. Without any, no defaults
                    and no {{variables}} are known. The environment of this command is never read`;

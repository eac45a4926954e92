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
export const deploymentHelp = `  --cluster NAME    the section that is merged over \`default\`; "" reads only \`default\`.
                    Left out, it is UPSTREAM_CLUSTER of the env file
  --env-file FILE   a file with variables, as NAME=value lines. May be given several times: a later file
                    overrides an earlier one, and a file with variables of only one service (proxy.env,
                    auth.env) counts for that service only. Without it, there are no defaults and no
                    {{variables}}. The environment of this command is never read`;

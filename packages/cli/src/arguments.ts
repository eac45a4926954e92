import { parseArgs } from 'node:util';
import type { ParseArgsOptionsConfig } from 'node:util';
import { closest } from '@latchkey/spelling';
import { UsageError } from './exit.ts';

/** The options of every command that reads an upstream file as one environment has it. */
export const deploymentOptions = {
  cluster: { type: 'string' },
  'env-file': { type: 'string', multiple: true },
} as const;

/** Reads the arguments of a command. Throws UsageError, with the option that was most likely meant. */
export function readArguments<Options extends ParseArgsOptionsConfig>(args: string[], options: Options) {
  try {
    return parseArgs({ args: withValuesJoined(args, options), options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(complaintOf(error, Object.keys(options)), { cause: error });
  }
}

// Names of sessions may begin with a dash, and `parseArgs` takes a value that does only as `--sid=-abc`. No option here has one dash.
function withValuesJoined(args: readonly string[], options: ParseArgsOptionsConfig): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const option = joined.at(-1) ?? '';
    const takesValue = option.startsWith('--') && options[option.slice(2)]?.type === 'string';
    if (takesValue && /^-[^-]/.test(arg)) joined.splice(-1, 1, `${option}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

function complaintOf(error: unknown, options: readonly string[]): string {
  if (!isOfParseArgs(error)) throw error;
  const [, unknown] = /^Unknown option '(-[^']*)'/.exec(error.message) ?? [];
  if (unknown === undefined) return error.message;
  const meant = closest(unknown.replace(/^-+/, ''), options);
  const known = options.map((option) => `--${option}`).join(', ');
  const advice = meant === undefined ? `there are ${known || 'none'}` : `did you mean --${meant}?`;
  return `there is no option ${unknown}: ${advice}`;
}

function isOfParseArgs(error: unknown): error is { message: string } {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return String(error.code).startsWith('ERR_PARSE_ARGS_');
}

/** The values of the arguments called `names`, in order: all of them, and no more. */
export function takePositionals(given: readonly string[], names: readonly string[]): string[] {
  if (given.length === names.length) return [...given];
  const surplus = given[names.length];
  if (surplus !== undefined) throw new UsageError(`${JSON.stringify(surplus)} is one argument too many`);
  throw new UsageError(`${names[given.length]} is missing`);
}

/** The one of `allowed` that an option names. */
export function oneOf<Choice extends string>(
  option: string,
  given: string,
  allowed: readonly Choice[],
): Choice {
  const choice = allowed.find((candidate) => candidate === given);
  if (choice !== undefined) return choice;
  throw new UsageError(`${option} ${JSON.stringify(given)}: write ${allowed.join(', ')}`);
}

/** The entries of comma lists, trimmed; an option that was given several times adds up. */
export function commaList(given: readonly string[]): string[] {
  return given
    .flatMap((list) => list.split(','))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

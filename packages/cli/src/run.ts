import { closest } from '@latchkey/spelling';
import { commands } from './commands/commands.ts';
import { exitCodes, Failure, UsageError } from './exit.ts';
import { renderCommandHelp, renderHelp } from './help.ts';
import type { Io } from './io.ts';

const helpFlags: ReadonlySet<string> = new Set(['help', '--help', '-h']);
const versionFlags: ReadonlySet<string> = new Set(['--version', '-V', 'version']);

/**
 * Runs the command line `argv`, without the program's own name, and gives its exit code: 0 fine, 1 findings, 2 not
 * understood. Nothing is thrown for what the person at the keyboard can put right.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const [first, ...others] = argv;
  if (first === undefined) {
    io.stderr(renderHelp(commands));
    return exitCodes.usage;
  }
  if (versionFlags.has(first)) {
    io.stdout(`latchkey ${io.release.version}, revision ${io.release.revision}\n`);
    return exitCodes.fine;
  }
  const [name, ...rest] = helpFlags.has(first) ? others : argv;
  if (name === undefined || helpFlags.has(name)) {
    io.stdout(renderHelp(commands));
    return exitCodes.fine;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    io.stderr(`latchkey: ${describeUnknown(name)}\n`);
    return exitCodes.usage;
  }
  if (helpFlags.has(first) || rest.includes('--help') || rest.includes('-h')) {
    io.stdout(renderCommandHelp(command));
    return exitCodes.fine;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    if (error instanceof Failure) {
      io.stderr(`latchkey ${command.name}: ${error.message}\n`);
      return exitCodes.findings;
    }
    if (!(error instanceof UsageError)) throw error;
    io.stderr(
      `latchkey ${command.name}: ${error.message}\nSee \`latchkey ${command.name} --help\`, with examples.\n`,
    );
    return exitCodes.usage;
  }
}

function describeUnknown(name: string): string {
  const meant = closest(
    name,
    commands.map((command) => command.name),
  );
  const advice =
    meant === undefined ? '`latchkey --help` shows what there is.' : `Did you mean \`latchkey ${meant}\`?`;
  return `there is no command ${JSON.stringify(name)}. ${advice}`;
}

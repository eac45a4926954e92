import { commands } from './commands/commands.ts';
import { renderCommandHelp, renderHelp } from './help.ts';
import type { Io } from './io.ts';
import { exitCodes } from './exit-codes.ts';
import { usageMessageOf } from './usage-error.ts';

/**
 * Runs the command line `argv`, without the program's own name, and gives its exit code: 0 fine, 1 findings, 2 not
 * understood. Nothing is thrown for what the person at the keyboard can put right.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) {
    io.stderr(renderHelp(commands));
    return exitCodes.usage;
  }
  const asked = name === 'help' ? rest[0] : name;
  if (asked === undefined || asked === '--help' || asked === '-h') {
    io.stdout(renderHelp(commands));
    return exitCodes.fine;
  }
  const command = commands.find((candidate) => candidate.name === asked);
  if (!command) {
    io.stderr(
      `latchkey: there is no command ${JSON.stringify(asked)}. \`latchkey --help\` shows what there is.\n`,
    );
    return exitCodes.usage;
  }
  if (name === 'help' || rest.includes('--help') || rest.includes('-h')) {
    io.stdout(renderCommandHelp(command));
    return exitCodes.fine;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    const message = usageMessageOf(error);
    if (message === undefined) throw error;
    io.stderr(
      `latchkey ${command.name}: ${message}\nSee \`latchkey ${command.name} --help\`, with examples.\n`,
    );
    return exitCodes.usage;
  }
}

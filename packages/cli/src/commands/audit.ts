import { createVerifier, TooBroken } from '@latchkey/contract';
import type { Checked, CheckedChain, ChainFault } from '@latchkey/contract';
import { isAuditKey } from '@latchkey/settings';
import { oneOf, readArguments } from '../arguments.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { readSecret } from '../io.ts';
import type { Io } from '../io.ts';
import { linesOf } from '../lines.ts';
import { printable } from '../output/terminal.ts';
import type { Command } from './command.ts';

/** `latchkey audit`: whether an audit log is whole. */
export const audit: Command = {
  name: 'audit',
  summary: 'Checks that no line of an audit log is missing or was altered',
  usage: 'audit verify FILE…',
  help: `Reads audit logs (AUDIT_LOG) of any number of services, in any order, and ignores all other lines in them.
Each start of a service begins a chain. For each chain it prints the number of lines, the first and the last
time, the lines that are missing, altered, exchanged or there twice, and whether the service has stopped.
docs/audit.md says what a chain does not show.

If the services have an AUDIT_KEY, set it in the environment of this command: AUDIT_KEY, or AUDIT_KEY_FILE
with the path of a file.

The exit code is 0 if all lines are there and genuine, and 1 if not, or if there is no audit line.

Examples:

  latchkey audit verify /var/log/latchkey/audit.jsonl*
  docker logs auth 2>&1 | latchkey audit verify -
`,
  async run(args, io) {
    const { positionals } = readArguments(args, {});
    const [given = '', ...files] = positionals;
    oneOf('the action', given, ['verify']);
    if (files.length === 0) throw new UsageError('FILE is missing');
    const checked = await check(files, io);
    if (typeof checked === 'string') {
      io.stderr(`latchkey audit: ${checked}\n`);
      return exitCodes.findings;
    }
    io.stdout(renderChecked(checked));
    const isWhole = checked.chains.length > 0 && checked.chains.every(({ faults }) => faults.length === 0);
    return isWhole && checked.unreadable.length === 0 ? exitCodes.fine : exitCodes.findings;
  },
};

async function check(files: readonly string[], io: Io): Promise<Checked | string> {
  const verifier = createVerifier(keyIn(io));
  try {
    for (const file of files) {
      let line = 0;
      for await (const text of linesOf(io.readPieces(file))) verifier.look(text, { file, line: ++line });
    }
    return verifier.end();
  } catch (error) {
    if (error instanceof TooBroken) return error.message;
    if (!(error instanceof Error) || !('path' in error || 'code' in error)) throw error;
    throw new UsageError(`${error.message}: name readable files`, { cause: error });
  }
}

function keyIn(io: Io): string | undefined {
  const key = readSecret('AUDIT_KEY', io)?.trimEnd();
  // Without a key anybody can have written a chain that is whole: an empty file is not taken for none.
  if (key !== undefined && !isAuditKey(key)) {
    throw new UsageError('AUDIT_KEY is not a key: write the AUDIT_KEY of the services');
  }
  return key;
}

/** What came of checking audit lines, in words. */
function renderChecked({ chains, unreadable }: Checked): string {
  if (chains.length === 0 && unreadable.length === 0) return 'There is no audit line in these files.\n';
  const blocks = chains
    .toSorted((one, other) => (one.from < other.from ? -1 : Number(one.from > other.from)))
    .map((chain) => [headOf(chain), ...chain.faults.map(lineOf)].join('\n'));
  return `${[...blocks, ...unreadable.map(lineOf)].join('\n')}\n`;
}

function headOf({ service, instance, lines, from, to, isStopped, lost, faults }: CheckedChain): string {
  const state = faults.length > 0 ? 'NOT WHOLE' : 'whole';
  const end = isStopped
    ? 'stopped'
    : 'ends without a stop: it still runs, was killed, or its last lines are missing';
  const loss = lost === 0 ? '' : `; the service says that it lost ${lost}`;
  return printable(`${service} ${instance}: ${state}, ${lines} lines, ${from} to ${to}; ${end}${loss}`);
}

function lineOf({ place, text }: ChainFault): string {
  return printable(`  ${place.file}:${place.line}: ${text}`);
}

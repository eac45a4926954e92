import { createVerifier, TooBroken } from '@latchkey/contract';
import type { Checked } from '@latchkey/contract';
import { isAuditKey } from '@latchkey/settings';
import { oneOf, readArguments } from '../arguments.ts';
import { renderChecked } from '../audit/render.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { readText } from '../io.ts';
import type { Io } from '../io.ts';
import { linesOf } from '../lines.ts';
import type { Command } from './command.ts';

/** `latchkey audit`: whether an audit log is whole. */
export const audit: Command = {
  name: 'audit',
  summary: 'Checks that no line of an audit log is missing or was altered',
  usage: 'audit verify FILE…',
  help: `Reads the audit logs of any number of services and starts (AUDIT_LOG), in any order, also with lines
of the log between. For each start of a service, which is a chain of its own, it says how many lines there
are, from when to when, which of them are missing, altered, exchanged or there twice, and whether the
service has stopped. What a chain does not show is in docs/audit.md.

If the services have an AUDIT_KEY, give it in the environment: AUDIT_KEY, or AUDIT_KEY_FILE with the name of
a file.

It ends with 0 if all lines are there and genuine, and with 1 if not, or if there is none.

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
  const { AUDIT_KEY: given, AUDIT_KEY_FILE: file } = io.env;
  const key = given || (file ? readText(file, io).trimEnd() : undefined);
  if (key !== undefined && !isAuditKey(key)) throw new UsageError('AUDIT_KEY is not the one of a service');
  return key;
}

import { deploymentOptions, oneOf, readArguments } from '../arguments.ts';
import { readDeployment } from '../environment/deployment.ts';
import type { Deployment } from '../environment/deployment.ts';
import { exitCodes, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { linesOf } from '../lines.ts';
import { printFindings } from '../output/findings.ts';
import { printable } from '../output/terminal.ts';
import { readLine } from '../replay/read-line.ts';
import { renderReplayed, replayedJson } from '../replay/render.ts';
import { createReplay } from '../replay/replay.ts';
import type { Replay } from '../replay/replay.ts';
import { readUpstreamFile } from '../upstream-file.ts';
import { deploymentHelp } from './command.ts';
import type { Command } from './command.ts';

/** `latchkey replay`: what a file would have decided about requests that were made. */
export const replay: Command = {
  name: 'replay',
  summary: 'Shows which requests of a log a new upstream file would decide differently',
  usage: 'replay FILE LOG… (--cluster NAME | --env-file FILE) [options]',
  help: `Reads the log of the proxy, which has a line for each request, and compares its decisions with those of
FILE. It shows who would gain or lose access: the person, the host, the rule, and the number of days on
which this person used the host. LOG is any number of files, or - for standard input. Lines of auth and
of other programs are ignored.

Requests about which the log does not say enough are counted under "Not compared". Providers, time limits
and WebSocket origins in FILE are not compared.

${deploymentHelp}
  --before FILE     the upstream file that was active when the log was written: the log has only the groups
                    that this file names. Left out, only the groups that occur in the log are known
  --fail-on KIND    loses or gains: the exit code is 1 only if somebody loses, or gains, access
  --format FORMAT   text (default) or json

The exit code is 0 if FILE would decide every request in the same way, and 1 if not.

Examples:

  latchkey replay upstreams.yml /var/log/latchkey/proxy.jsonl* --env-file prod.env --before live.yml
  aws logs tail latchkey-proxy --since 14d --format short | latchkey replay upstreams.yml - --cluster prod
`,
  async run(args, io) {
    const { values, positionals } = readArguments(args, {
      ...deploymentOptions,
      before: { type: 'string' },
      'fail-on': { type: 'string' },
      format: { type: 'string', default: 'text' },
    });
    const [path, ...logs] = positionals;
    if (path === undefined) throw new UsageError('FILE is missing');
    if (logs.length === 0)
      throw new UsageError('LOG is missing: name the files of the log, or - for standard input');
    if (path === '-') throw new UsageError('FILE cannot be -, which is for the log: name a file');
    const format = oneOf('--format', values.format, ['text', 'json']);
    const failOn =
      values['fail-on'] === undefined ? undefined : oneOf('--fail-on', values['fail-on'], ['loses', 'gains']);
    const deployment = readDeployment(values, io);
    const table = tableOf(path, deployment, format, io);
    const before = values.before === undefined ? undefined : tableOf(values.before, deployment, format, io);
    if (table === undefined || (values.before !== undefined && before === undefined))
      return exitCodes.findings;

    const replayed = createReplay(table, before?.groups);
    for (const log of logs) await read(log, replayed, io);
    const found = replayed.end();
    if (found.requests === 0) {
      io.stderr(
        'latchkey replay: the log has no line about a request: is LOGGING_ENABLE=false set for the proxy?\n',
      );
      return exitCodes.findings;
    }
    io.stdout(
      format === 'json' ? `${JSON.stringify(replayedJson(found), null, 2)}\n` : renderReplayed(found, io),
    );
    const counts = found.differences.some(({ kind }) => failOn === undefined || kind === failOn);
    return counts ? exitCodes.findings : exitCodes.fine;
  },
};

function tableOf(path: string, deployment: Deployment, format: 'text' | 'json', io: Io) {
  const { table, diagnostics } = readUpstreamFile(path, deployment, io);
  if (table === undefined)
    printFindings(
      diagnostics.filter(({ severity }) => severity === 'error'),
      format,
      '',
      io,
    );
  return table;
}

async function read(log: string, { look }: Replay, io: Io): Promise<void> {
  try {
    for await (const text of linesOf(withProgress(log, io))) {
      const logged = readLine(text);
      if (logged !== undefined) look(logged);
    }
  } catch (error) {
    if (!(error instanceof Error) || !('path' in error || 'code' in error)) throw error;
    throw new UsageError(`${error.message}: name readable files`, { cause: error });
  }
}

/** The pieces of a log, and on a terminal how far they are. */
async function* withProgress(log: string, io: Io): AsyncGenerator<Uint8Array> {
  const size = io.progress && io.sizeOf?.(log);
  let read = 0;
  for await (const piece of io.readPieces(log)) {
    yield piece;
    read += piece.length;
    io.progress?.(progressLine(log, read, size));
  }
  io.progress?.('');
}

function progressLine(log: string, read: number, size: number | undefined): string {
  const megabytes = `${(read / 1e6).toFixed(1)} MB`;
  const name = printable(log);
  if (size === undefined || size === 0) return `${name}  ${megabytes}`;
  const share = Math.min(read / size, 1);
  const width = 30;
  return `${name}  [${'#'.repeat(Math.round(share * width)).padEnd(width)}] ${Math.round(share * 100)} %`;
}

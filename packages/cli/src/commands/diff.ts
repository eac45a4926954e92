import { compareTables, lostAtOnce } from '@latchkey/upstreams';
import { deploymentOptions, oneOf, readArguments, takePositionals } from '../arguments.ts';
import { readDeployment } from '../environment/deployment.ts';
import { renderDiff } from '../diff/render.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { formats, printFindings } from '../output/findings.ts';
import { readUpstreamFile, warnOfCluster } from '../upstream-file.ts';
import { deploymentHelp } from './command.ts';
import type { Command } from './command.ts';

/** `latchkey diff`: who gains and who loses access between two versions of a file. */
export const diff: Command = {
  name: 'diff',
  summary: 'Says who gains and who loses access between two versions of a file',
  usage: 'diff OLD NEW (--cluster NAME | --env-file FILE) [options]',
  help: `Compares the meaning of the two files, not their text: for each host, who has access, which paths
are public and to which application it leads. Moving a rule from a section to \`default\` is not a change.

${deploymentHelp}
  --old-env-file FILE
                    the env file for OLD, if it is a different one: a default in the environment gives
                    people access like a rule in the file. May be given several times
  --fail-on widen   the exit code is 1 if anybody gains access
  --format FORMAT   text (default), json, or github

Access widens with a new group, domain, address, public pattern or provider, and with public preflights.
It may widen with new or reordered patterns of hosts, and with changes to the rules of a policy, to the
networks and tags that these rules read, to issuers and to service accounts. That counts, too. A new host is
shown, but does not count, because nobody gains access to an existing host.

If NEW has less than half of the routes of OLD, or none, a running proxy refuses to reload it. This is
shown with the changes (\`refused\` in json), and the exit code is 1, unless the env files of NEW have
UPSTREAM_RELOAD_ALLOW_LOSS=true.

Examples:

  latchkey diff /run/latchkey/live.yml upstreams.yml --env-file prod.env    (UPSTREAM_LIVE_COPY)
  git show main:upstreams.yml | latchkey diff - upstreams.yml --env-file prod.env --fail-on widen
  latchkey diff upstreams.yml upstreams.yml --env-file prod.env --old-env-file live.env
`,
  run(args, io) {
    const { values, positionals } = readArguments(args, {
      ...deploymentOptions,
      format: { type: 'string', default: 'text' },
      'old-env-file': { type: 'string', multiple: true },
      'fail-on': { type: 'string' },
    });
    const [oldPath = '', newPath = ''] = takePositionals(positionals, ['OLD', 'NEW']);
    const format = oneOf('--format', values.format, formats);
    const failOn =
      values['fail-on'] === undefined ? undefined : oneOf('--fail-on', values['fail-on'], ['widen']);
    const deployment = readDeployment(values, io);
    const oldEnvFiles = values['old-env-file'];
    const before = readUpstreamFile(
      oldPath,
      oldEnvFiles ? readDeployment({ ...values, 'env-file': oldEnvFiles }, io) : deployment,
      io,
    );
    // A pipe whose first half failed: every host would be new, and nothing would widen.
    if (before.table && before.text.trim() === '') {
      throw new UsageError(`${oldPath} is empty: there is nothing to compare with`);
    }
    const after = readUpstreamFile(newPath, deployment, io);
    if (!before.table || !after.table) {
      const broken = [before, after].filter(({ table }) => !table);
      const errors = broken
        .flatMap(({ diagnostics }) => diagnostics)
        .filter(({ severity }) => severity === 'error');
      printFindings(errors, format, '', io);
      return exitCodes.findings;
    }

    warnOfCluster(after, io);
    const changes = compareTables(before.table, after.table);
    const refused = deployment.upstream.allowLoss ? undefined : lostAtOnce(before.table, after.table);
    io.stdout(renderDiff({ changes, refused }, { before: oldPath, after: newPath }, format, io));
    const widens = failOn !== undefined && changes.some((change) => change.widens);
    return widens || refused !== undefined ? exitCodes.findings : exitCodes.fine;
  },
};

import { deploymentOptions, oneOf, readArguments, takePositionals } from '../arguments.ts';
import { readDeployment } from '../environment/deployment.ts';
import { exitCodes } from '../exit.ts';
import { inFileOrder, reaches } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { lint } from '../lints/lints.ts';
import { formats, printFindings } from '../output/findings.ts';
import { readUpstreamFile } from '../upstream-file.ts';
import { deploymentHelp } from './command.ts';
import type { Command } from './command.ts';

/** `latchkey check`: everything that start-up would say about a file and its environment, and lints. */
export const check: Command = {
  name: 'check',
  summary: 'Reports errors in an upstream file, and what is probably a mistake',
  usage: 'check FILE (--cluster NAME | --env-file FILE) [options]',
  help: `Reports all errors and warnings that the proxy would report when it starts with this file. It also
warns of things that are allowed but usually a mistake: public patterns that match too much, wildcards,
rewrites that can lead anywhere, routes that are never used, secrets in the file. Every line has a
code; docs/diagnostics.md explains it.

${deploymentHelp}
  --fail-on KIND    error (default) or warning: the exit code is 1 if there is one
  --format FORMAT   text (default), json, or github: comments on the lines of a pull request

A required secret that is not in the env file is only a warning: it may come from a secret store.

Examples:

  latchkey check upstreams.yml --cluster prod
  latchkey check upstreams.yml --env-file common.env --env-file prod.env --fail-on warning
  latchkey check upstreams.yml --cluster staging --format github
`,
  run(args, io) {
    const { values, positionals } = readArguments(args, {
      ...deploymentOptions,
      format: { type: 'string', default: 'text' },
      'fail-on': { type: 'string', default: 'error' },
    });
    const [path = ''] = takePositionals(positionals, ['FILE']);
    const format = oneOf('--format', values.format, formats);
    const threshold = oneOf('--fail-on', values['fail-on'], ['error', 'warning']);
    const deployment = readDeployment(values, io);
    const file = readUpstreamFile(path, deployment, io);

    const found = [...file.diagnostics, ...lint(file, deployment), ...deployment.findings];
    const findings = inFileOrder(found.filter(isFirstOfItsKind()));
    printFindings(
      findings,
      format,
      `${path}: ${counted(file.table?.routes.length ?? 0)}, no errors, no warnings.`,
      io,
    );
    return reaches(findings, threshold) ? exitCodes.findings : exitCodes.fine;
  },
};

function counted(routes: number): string {
  return routes === 1 ? '1 route' : `${routes} routes`;
}

/** An option that several routes inherit is reported once. */
function isFirstOfItsKind(): (finding: Finding) => boolean {
  const seen = new Set<string>();
  return ({ code, file, line, column, message }) => {
    const isLint = code.startsWith('LK5');
    const key = `${code} ${file}:${line}:${column} ${isLint ? '' : message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
}

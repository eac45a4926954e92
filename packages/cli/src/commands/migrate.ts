import { deploymentOptions, oneOf, readArguments, takePositionals } from '../arguments.ts';
import { readDeployment } from '../environment/deployment.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { reaches } from '../finding.ts';
import { differencesOf, findingsOf, renderDifferences } from '../migrate/render.ts';
import { migrationRules } from '../migrate/rules.ts';
import { migrationSubject } from '../migrate/subject.ts';
import { formats, printFindings } from '../output/findings.ts';
import { readUpstreamFile } from '../upstream-file.ts';
import { deploymentHelp } from './command.ts';
import type { Command } from './command.ts';

/** `latchkey migrate`: where a deployment of BuzzFeed SSO behaves otherwise under Latchkey. */
export const migrate: Command = {
  name: 'migrate',
  summary: 'Shows what changes when a deployment of BuzzFeed SSO moves to Latchkey',
  usage: 'migrate FILE --env-file FILE [--env-file FILE] [--cluster NAME] [options]',
  help: `Reads the unchanged upstream file and env files of BuzzFeed SSO v3, and reports each difference that
affects them: the behaviour before and now, the reason, and what to do. Everything that is not
reported stays the same. Give the env files of both services for a report about both.

${deploymentHelp}
  --fail-on KIND    error (default) or warning: the exit code is 1 if there is one
  --format FORMAT   text (default), json, or github

With an error, Latchkey does not start. A warning may change who has access, or which application is reached.

Examples:

  latchkey migrate upstream_configs.yml --env-file sso-proxy.env
  latchkey migrate upstream_configs.yml --env-file sso-proxy.env --env-file sso-auth.env --cluster prod
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
    if (!values['env-file'])
      throw new UsageError('--env-file is missing: half of the differences are about variables');
    const deployment = readDeployment(values, io);
    const subject = migrationSubject(readUpstreamFile(path, deployment, io), deployment);

    const differences = differencesOf(subject, migrationRules);
    const findings = findingsOf(differences);
    if (format === 'text') io.stdout(renderDifferences(differences, io));
    else printFindings(findings, format, '', io);
    return reaches(findings, threshold) ? exitCodes.findings : exitCodes.fine;
  },
};

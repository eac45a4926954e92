import {
  defaultKeepAliveMs,
  describeDestination,
  describeDuration,
  describeRules,
  describeIdentity,
  describeTls,
  printTable,
} from '@latchkey/upstreams';
import type { Route, RouteTable } from '@latchkey/upstreams';
import { deploymentOptions, oneOf, readArguments, takePositionals } from '../arguments.ts';
import { readDeployment } from '../environment/deployment.ts';
import type { Deployment } from '../environment/deployment.ts';
import { exitCodes } from '../exit.ts';
import { printFindings } from '../output/findings.ts';
import { printable } from '../output/terminal.ts';
import { readUpstreamFile, warnOfCluster } from '../upstream-file.ts';
import { deploymentHelp } from './command.ts';
import type { Command } from './command.ts';

type Defaults = Deployment['upstream']['defaults'];

/** `latchkey routes`: what became of a file in one environment. */
export const routes: Command = {
  name: 'routes',
  summary: 'Lists the routes of an upstream file in one environment, one per line',
  usage: 'routes FILE (--cluster NAME | --env-file FILE) [--format text|json|yaml]',
  help: `Each line has the host or pattern, the kind of route, where it leads, who has access, and the options
that differ from their defaults. Sections, extra routes and defaults are already merged. Values of
headers are shown only in yaml.

${deploymentHelp}
  --format FORMAT   text (default; tabs between the columns if the output is not a terminal), json, or
                    yaml: an upstream file with the same meaning, without sections, templates and
                    defaults, to compare as text or to use in place of the file. It contains the
                    values of headers, so protect it like the file

Examples:

  latchkey routes upstreams.yml --cluster prod
  latchkey routes upstreams.yml --cluster prod --format json | jq '.[] | select(.tlsSkipVerify)'
  latchkey routes upstreams.yml --env-file prod.env --format yaml > prod.yml
  latchkey routes /run/latchkey/live.yml --env-file prod.env    (UPSTREAM_LIVE_COPY: the active file)
`,
  run(args, io) {
    const { values, positionals } = readArguments(args, {
      ...deploymentOptions,
      format: { type: 'string', default: 'text' },
    });
    const [path = ''] = takePositionals(positionals, ['FILE']);
    const format = oneOf('--format', values.format, ['text', 'json', 'yaml']);
    const deployment = readDeployment(values, io);
    const file = readUpstreamFile(path, deployment, io);
    const { table, diagnostics } = file;
    if (table === undefined) {
      printFindings(diagnostics, format === 'json' ? 'json' : 'text', '', io);
      return exitCodes.findings;
    }
    warnOfCluster(file, io);
    const { defaults } = deployment.upstream;
    if (format === 'yaml') {
      io.stdout(printTable(table));
    } else if (format === 'json') {
      io.stdout(
        `${JSON.stringify(
          table.routes.map((route) => jsonOf(route, table)),
          null,
          2,
        )}\n`,
      );
    } else {
      io.stdout(renderTable(table, defaults, io.isTerminal));
    }
    return exitCodes.fine;
  },
};

function renderTable(table: RouteTable, defaults: Defaults, aligned: boolean): string {
  const rows = table.routes.map((route) =>
    [
      route.from,
      route.kind,
      describeDestination(route, table),
      describeRules(route.rules),
      differencesOf(route, defaults).join(', '),
    ].map(printable),
  );
  if (!aligned) return rows.map((row) => `${row.join('\t')}\n`).join('');
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function differencesOf(route: Route, defaults: Defaults): string[] {
  const { publicPaths, injectRequestHeaders, headerOverrides } = route;
  const differences: Array<[differs: boolean, text: string]> = [
    [publicPaths.length > 0, `${publicPaths.length} public pattern${publicPaths.length === 1 ? '' : 's'}`],
    [route.skipAuthPreflight, 'public preflights'],
    [route.passAccessToken, 'passes the access token'],
    [route.allowRootServiceWorker, 'may have a service worker for the whole host'],
    [route.forwardAuth, 'answers a server in front'],
    [route.providerSlugs.join() !== defaults.provider, `provider ${route.providerSlugs.join(' or ')}`],
    [route.maxAuthAgeMs !== undefined, `signed in within ${describeDuration(route.maxAuthAgeMs ?? 0)}`],
    [route.idleTimeoutMs !== undefined, `idle for ${describeDuration(route.idleTimeoutMs ?? 0)}`],
    [route.cors !== undefined, `readable for ${listOf(route.cors?.origins ?? [])}`],
    [route.allowedOrigins.length > 0, `WebSockets from ${listOf(route.allowedOrigins)}`],
    [route.stripRequestHeaders.length > 0, `strips ${listOf(route.stripRequestHeaders)} from requests`],
    [injectRequestHeaders.length > 0, `sets ${namesOf(injectRequestHeaders)} on requests`],
    [headerOverrides.length > 0, `sets ${namesOf(headerOverrides)} on responses`],
    [route.timeoutMs !== defaults.timeoutMs, `timeout ${describeDuration(route.timeoutMs)}`],
    [route.resetDeadlineMs !== defaults.resetDeadlineMs, `reset ${describeDuration(route.resetDeadlineMs)}`],
    [route.keepAliveMs !== defaultKeepAliveMs, `keep-alive ${describeDuration(route.keepAliveMs)}`],
    [route.awsSigv4 !== undefined, `signed for ${route.awsSigv4?.service ?? ''} at AWS`],
    [route.waitFor !== undefined, `waits for ${route.waitFor?.path ?? ''} at the start`],
    [route.tcp?.longestMs !== undefined, `open for ${describeDuration(route.tcp?.longestMs ?? 0)}`],
    [route.tcp?.idleMs !== undefined, `silent for ${describeDuration(route.tcp?.idleMs ?? 0)}`],
    [route.preserveHost, 'preserves the host'],
    [route.preserveLocation, 'preserves Location'],
    [route.protocol !== 'http1', `speaks ${route.protocol}`],
    [route.tlsSkipVerify, 'certificate not checked'],
    ...[...describeTls(route.tls), ...describeIdentity(route)].map((text): [boolean, string] => [true, text]),
    [route.startTls !== undefined, `TLS begins as ${route.startTls ?? ''} has it`],
    [route.skipRequestSigning, 'not signed'],
    [route.launcher?.hidden === true, 'hidden in the launcher'],
  ];
  return differences.filter(([differs]) => differs).map(([, text]) => text);
}

/** Values of headers are often credentials, and what is printed ends up in the log of a pipeline. */
function jsonOf(route: Route, table: RouteTable): object {
  return {
    ...route,
    destination: describeDestination(route, table),
    publicPaths: route.publicPaths.map(({ source }) => source),
    injectRequestHeaders: route.injectRequestHeaders.map(([name]) => name),
    headerOverrides: route.headerOverrides.map(([name]) => name),
  };
}

function namesOf(headers: Route['injectRequestHeaders']): string {
  return listOf(headers.map(([name]) => name));
}

function listOf(texts: readonly string[]): string {
  return texts.join(', ');
}

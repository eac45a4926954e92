import { buildTable } from './match/table.ts';
import { parse } from './parse/parse.ts';
import { collectProblems } from './problems.ts';
import { forgetPatterns } from './resolve/pattern.ts';
import { createResolvePolicy } from './resolve/policy.ts';
import { resolveRoot } from './resolve/root.ts';
import { resolveRoutes } from './resolve/routes.ts';
import { warnOfUnknownCluster } from './resolve/unknown-cluster.ts';
import { readFile } from './shape/file.ts';
import type { LoadedUpstreams, UpstreamInput } from './types.ts';

/**
 * Reads an upstream file: text, tree, typed sections, routes, table. Never throws. There is a table only if nothing was
 * wrong: half a table would let in people whom the other half keeps out.
 */
export function loadUpstreams(input: UpstreamInput): LoadedUpstreams {
  const problems = collectProblems(input.file);
  forgetPatterns();
  const { report } = problems;
  const parsed = parse(input.text, input.templateVariables, report);
  if (!parsed.ok) return { table: undefined, diagnostics: problems.inFileOrder() };

  const file = readFile(parsed.root, report);
  if (!problems.hasErrors()) warnOfUnknownCluster(file, input.cluster, report);
  const resolvePolicy = createResolvePolicy(file.root);
  const { now = Date.now(), lookAtKeys } = input;
  const root = resolveRoot(file.root, { now, resolvePolicy, lookAtKeys }, report);
  const routes = resolveRoutes(file, { ...input, root, resolvePolicy }, report);
  const table = buildTable(root, routes, report);
  return { table: problems.hasErrors() ? undefined : table, diagnostics: problems.inFileOrder() };
}

import { noDefaultRules } from '@latchkey/testing';
import { loadUpstreams } from '../src/index.ts';
import type { LoadedUpstreams, Route, RouteTable, UpstreamInput } from '../src/index.ts';

/** Loads `text` for the cluster `prod`, with every group allowed by default unless the test says otherwise. */
export function load(text: string, overrides: Partial<UpstreamInput> = {}): LoadedUpstreams {
  return loadUpstreams({
    file: 'upstreams.yml',
    text,
    cluster: 'prod',
    scheme: 'https',
    defaults: { ...noDefaultRules, groups: ['everyone'] },
    templateVariables: {},
    ...overrides,
  });
}

/** The table of a file that has no errors. */
export function tableOf(text: string, overrides: Partial<UpstreamInput> = {}): RouteTable {
  const { table, diagnostics } = load(text, overrides);
  if (!table) throw new Error(`the file has errors: ${JSON.stringify(diagnostics)}`);
  return table;
}

/** The first route of a file that has no errors. */
export function routeOf(text: string, overrides: Partial<UpstreamInput> = {}): Route {
  const [route] = tableOf(text, overrides).routes;
  if (!route) throw new Error('the file has no route');
  return route;
}

/** Each diagnostic as `LK202 5:7`. */
export function placesOf({ diagnostics }: LoadedUpstreams): string[] {
  return diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`);
}

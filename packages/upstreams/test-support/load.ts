import { loadUpstreams } from '../src/index.ts';
import type { LoadedUpstreams, Route, RouteTable, UpstreamDefaults, UpstreamInput } from '../src/index.ts';

/** An environment without a single default rule. */
export const someDefaults: UpstreamDefaults = {
  emailDomains: [],
  emailAddresses: [],
  groups: [],
  timeoutMs: 10_000,
  resetDeadlineMs: 60_000,
  provider: 'google',
};

/** Loads `text` for the cluster `prod`, with every group allowed by default unless the test says otherwise. */
export function load(text: string, overrides: Partial<UpstreamInput> = {}): LoadedUpstreams {
  return loadUpstreams({
    file: 'upstreams.yml',
    text,
    cluster: 'prod',
    scheme: 'https',
    defaults: { ...someDefaults, groups: ['everyone'] },
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

/** A file with one service, whose `default` has these options, one per line. */
export function withOptions(...options: string[]): string {
  const lines = options.map((option) => `\n      ${option}`).join('');
  return `- service: wiki\n  default:\n    from: wiki.example.com\n    to: http://wiki.internal\n    options:${lines}\n`;
}

/** Each diagnostic as `LK202 5:7`. */
export function placesOf({ diagnostics }: LoadedUpstreams): string[] {
  return diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`);
}

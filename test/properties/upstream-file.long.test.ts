// Sections, defaults, inheritance, templates and anchors are many ways to say one thing. What a file comes to can be said
// in full, and is then the same thing again.
import { expect, test } from '@jest/globals';
import { loadUpstreams, printTable } from '@latchkey/upstreams';
import type { RouteTable, UpstreamInput } from '@latchkey/upstreams';
import * as fc from 'fast-check';
import { upstreamFile } from './arbitrary-upstream-file.ts';

const nothingByDefault = {
  emailDomains: [],
  emailAddresses: [],
  groups: [],
  timeoutMs: 1,
  resetDeadlineMs: 1,
  provider: 'another',
};

function load(input: Omit<UpstreamInput, 'file'>): RouteTable {
  const { table, diagnostics } = loadUpstreams({ ...input, file: 'upstreams.yml' });
  if (table !== undefined) return table;
  throw new Error(`${JSON.stringify(diagnostics, null, 1)}\n${input.text}`);
}

function reload({ scheme }: UpstreamInput, printed: string): RouteTable {
  return load({ text: printed, cluster: 'any', scheme, defaults: nothingByDefault, templateVariables: {} });
}

/** Everything but where it stands; a pattern is its source. */
function contentOf({ routes, groups }: RouteTable) {
  const content = routes.map((route) => ({
    ...route,
    position: undefined,
    publicPaths: route.publicPaths.map(({ source }) => source),
    policy: [...route.policy.forAnyone, ...route.policy.forPrincipals].map(({ text }) => text),
  }));
  return { routes: content, groups };
}

/** The id of the route that a host has, and where it leads. */
function matchesIn(table: RouteTable, hosts: readonly string[]) {
  return hosts.map((host) => [undefined, 80, 8080].map((port) => table.match(host, port)).map(leadsTo));
}

function leadsTo(match: ReturnType<RouteTable['match']>) {
  return match && { id: match.route.id, target: match.target };
}

test('a valid file, its table printed and loaded again, gives an equal table, and printed again the same text', () => {
  fc.assert(
    fc.property(upstreamFile, ({ input, hosts }) => {
      const table = load(input);
      const printed = printTable(table);
      const again = reload(input, printed);

      expect(contentOf(again)).toEqual(contentOf(table));
      expect(matchesIn(again, hosts)).toEqual(matchesIn(table, hosts));
      expect(printTable(again)).toBe(printed);
    }),
    { numRuns: 150 },
  );
});

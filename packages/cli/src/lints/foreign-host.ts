import { getDomain } from 'tldts';
import type { Route } from '@latchkey/upstreams';
import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { quotedId } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

/** Top-level names that nobody on the internet can register a domain below: all under them belongs to the network. */
const privateSuffixes: ReadonlySet<string> = new Set([
  'internal',
  'local',
  'localhost',
  'localdomain',
  'lan',
  'home',
  'corp',
  'intranet',
  'private',
  'svc',
  'consul',
  'test',
]);

/** What two strangers would ask for who want to leave the network, as far as the pattern lets them. */
const hostsOfStrangers = [
  ['attacker', 'somebody'],
  ['attacker.example', 'somebody.example'],
  ['1', '2'],
  ['10.0.0.1', '10.0.0.2'],
] as const;

/** Hosts in the network that are not meant for clients, in several spellings. */
const sensitiveHosts = [
  '127.0.0.1',
  '2130706433',
  '0x7f000001',
  '017700000001',
  'localhost',
  '169.254.169.254',
  '169.254.170.2',
  '2852039166',
  'metadata.google.internal',
  'instance-data.ec2.internal',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];

/** Where the machine itself or its cloud answers, whatever the port. */
const localHost = /^(?:localhost|127\.[\d.]+|0\.0\.0\.0|169\.254\.[\d.]+|\[::1\]|\[::\])$/i;

const referencePattern = /\$(?:\{(\w+)\}|(\w+))/g;

/** The host and port of a `to`, and what its references stand for. */
type Template = {
  readonly host: string;
  readonly port: string;
  /** Of the host, in its order. */
  readonly references: readonly string[];
  readonly groups: ReadonlyMap<string, RegExp | undefined>;
};

/** Rewrite routes whose target the client chooses, wholly or in the part that says whose host it is. */
export function lintForeignHosts({ file, source, table }: LintSubject): Finding[] {
  return table.routes.flatMap((route) => {
    const template = templateOf(route);
    if (template === undefined) return [];
    const place = { file, ...source.placeOf(route, 'to', route.to) };
    const to = JSON.stringify(route.to);
    const example = hostOfStranger(template) ?? sensitiveHosts.find((host) => canBe(template, host));
    if (example !== undefined) {
      const message = `A client of ${quotedId(route)} chooses the host that ${to} leads to, ${example} for example: end it with a domain of your own, or list the names in \`from\``;
      return [findingOf(lints.foreignHost, place, message)];
    }
    if (localHost.test(template.host) && template.port.includes('$')) {
      const message = `A client of ${quotedId(route)} chooses the port of ${template.host}, which the proxy refuses: write the port, in a route for each application`;
      return [findingOf(lints.localPort, place, message)];
    }
    return [];
  });
}

function templateOf({ kind, from, to }: Route): Template | undefined {
  if (kind !== 'rewrite' || to === undefined) return undefined;
  const authority = /^(?:[a-z]+:\/\/)?([^/?#]*)/i.exec(to)?.[1] ?? '';
  const [, host = '', port = ''] = /^(.*?)(?::([\w${}]*))?$/.exec(authority) ?? [];
  const references = [...host.matchAll(referencePattern)].map(([, braced, bare]) => braced ?? bare ?? '');
  return {
    host,
    port,
    references,
    groups: new Map(references.map((name) => [name, patternOf(groupOf(from, name))])),
  };
}

/** The host that a stranger can ask for while another one of the same kind belongs to somebody else. */
function hostOfStranger(template: Template): string | undefined {
  const found = hostsOfStrangers.find(([one, other]) => {
    const free = fill(template, one);
    return free !== undefined && ownerOf(free) !== ownerOf(fill(template, other) ?? free);
  });
  return found && fill(template, found[0]);
}

/** The host with what somebody chooses in every group that takes it; undefined where none does. */
function fill({ host, groups }: Template, choice: string): string | undefined {
  const takes = (name: string): boolean => groups.get(name)?.test(choice) ?? false;
  if (![...groups.keys()].some(takes)) return undefined;
  return host.replace(referencePattern, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? '';
    if (groups.get(name) === undefined) return '';
    return takes(name) ? choice : 'x';
  });
}

/** Whose a host is: the domain that somebody has registered (the public suffix list says where that begins), or itself. */
function ownerOf(host: string): string {
  const [topLevel = ''] = /[^.]*$/.exec(host.replace(/\.$/, '').toLowerCase()) ?? [];
  if (host.includes('.') && privateSuffixes.has(topLevel)) return topLevel;
  return getDomain(host, { allowPrivateDomains: true, validateHostname: false }) ?? host;
}

/** Whether the references can be such that the template becomes `host`. */
function canBe(template: Template, host: string): boolean {
  const fixed = template.host.replaceAll(referencePattern, '\0').split('\0');
  const shape = new RegExp(`^${fixed.map((part) => RegExp.escape(part)).join('(.*?)')}$`, 'i');
  const [, ...parts] = shape.exec(host) ?? [];
  return (
    parts.length > 0 &&
    template.references.every((name, at) => template.groups.get(name)?.test(parts[at] ?? ''))
  );
}

/** What a group takes. One that JavaScript cannot read counts as one that takes everything. */
function patternOf(group: string | undefined): RegExp | undefined {
  if (group === undefined) return undefined;
  try {
    return new RegExp(`^(?:${group.replaceAll('(?P<', '(?<')})$`, 'iu');
  } catch {
    return /^/;
  }
}

/** The text of the group that a reference names; undefined where there is none, which makes the reference empty. */
function groupOf(pattern: string, reference: string): string | undefined {
  if (reference === '0') return pattern.replace(/^\^|\$$/g, '');
  const open: Array<{ readonly start: number; readonly names: readonly string[] }> = [];
  let count = 0;
  for (const { 0: token, index } of pattern.matchAll(
    /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]])*\]|\((?:\?(?:P?<(\w+)>|[^)]*?:))?|\)/g,
  )) {
    if (token.startsWith('(')) {
      const name = /<(\w+)>/.exec(token)?.[1];
      const counts = token === '(' || name !== undefined;
      if (counts) count += 1;
      open.push({ start: index + token.length, names: counts ? [String(count), name ?? ''] : [] });
    } else if (token === ')') {
      const group = open.pop();
      if (group?.names.includes(reference)) return pattern.slice(group.start, index);
    }
  }
  return undefined;
}

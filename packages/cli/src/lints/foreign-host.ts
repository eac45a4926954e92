import type { Route } from '@latchkey/upstreams';
import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { nameOf } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

/** Top-level names that nobody on the internet can register a domain below. */
const PRIVATE_SUFFIXES: ReadonlySet<string> = new Set([
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

/** What somebody would ask for who wants to leave the network, or to reach what is not meant for them in it. */
const CHOICES = ['attacker', 'attacker.example', '2852039166'];

const REFERENCE = /\$(?:\{(\w+)\}|(\w+))/g;

/** Rewrite routes whose target host ends with what the client wrote. */
export function lintForeignHosts({ file, source, table }: LintSubject): Finding[] {
  return table.routes.filter(leadsAnywhere).map((route) => {
    const message = `Whoever asks ${nameOf(route)} chooses the host that ${JSON.stringify(route.to)} leads to: end it with a domain of your own, or list the names in \`from\``;
    return findingOf(lints.foreignHost, { file, ...source.placeOf(route, 'to', route.to) }, message);
  });
}

function leadsAnywhere({ kind, from, to }: Route): boolean {
  if (kind !== 'rewrite' || to === undefined) return false;
  const host = /^(?:[a-z]+:\/\/)?([^/?#]*)/i.exec(to)?.[1]?.replace(/:[\w${}]*$/, '') ?? '';
  const references = [...host.matchAll(REFERENCE)];
  const last = references.at(-1);
  if (!last || hasOwnDomain(host.slice(last.index + last[0].length))) return false;
  return references.some(([, braced, bare]) => isFree(groupOf(from, braced ?? bare ?? '')));
}

/** Whether what follows the last reference is a domain that is registered to somebody, or cannot be registered. */
function hasOwnDomain(tail: string): boolean {
  const [, ...labels] = tail.replace(/\.$/, '').split('.');
  return labels.length > 1 || (labels[0] !== undefined && PRIVATE_SUFFIXES.has(labels[0].toLowerCase()));
}

/** Whether a group takes whatever one likes. One that JavaScript cannot read counts as such. */
function isFree(group: string | undefined): boolean {
  if (group === undefined) return false;
  try {
    const pattern = new RegExp(`^(?:${group.replaceAll('(?P<', '(?<')})$`, 'iu');
    return CHOICES.some((choice) => pattern.test(choice));
  } catch {
    return true;
  }
}

/** The text of the group that a reference names; undefined where there is none, which makes the reference empty. */
function groupOf(pattern: string, reference: string): string | undefined {
  if (reference === '0') return pattern.replace(/^\^|\$$/g, '');
  const open: Array<{ start: number; names: string[] }> = [];
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

import type { YamlNode } from '../parse/tree.ts';
import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import { closest } from './closest.ts';
import { keysOf } from './reader.ts';
import { MISPLACED, extraRouteSchema, optionsSchema, sectionSchema } from './sections.ts';

const ROOT_KEYS = ['services', 'defaults'];
const OPTION_KEYS = keysOf(optionsSchema);
const SECTION_KEYS = keysOf(sectionSchema);
const EXTRA_ROUTE_KEYS = keysOf(extraRouteSchema);

const OLD_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['skipauthpreflight', 'skip_auth_preflight'],
  ['passaccesstoken', 'pass_access_token'],
]);

/** Warns of keys that nothing reads: BuzzFeed SSO passed them over without a word, and so a restriction could be lost. */
export function reportUnknownKeys(root: YamlNode, report: Report): void {
  if (root.kind === 'mapping') {
    if (root.entries.has('services')) checkKeys(root, ROOT_KEYS, report, (key) => key.startsWith('x-'));
    checkKeys(child(root, 'defaults'), OPTION_KEYS, report);
  }
  const services = root.kind === 'list' ? root : child(root, 'services');
  for (const service of itemsOf(services)) {
    if (service.kind !== 'mapping') continue;
    for (const [key, section] of service.entries) {
      if (!MISPLACED.has(key)) checkSection(section.value, report);
    }
  }
}

function checkSection(section: YamlNode, report: Report): void {
  checkKeys(section, SECTION_KEYS, report);
  checkKeys(child(section, 'options'), OPTION_KEYS, report);
  for (const extra of itemsOf(child(section, 'extra_routes'))) {
    checkKeys(extra, EXTRA_ROUTE_KEYS, report);
    checkKeys(child(extra, 'options'), OPTION_KEYS, report);
  }
}

function checkKeys(
  node: YamlNode | undefined,
  known: readonly string[],
  report: Report,
  tolerated: (key: string) => boolean = () => false,
): void {
  if (node?.kind !== 'mapping') return;
  for (const [key, { at }] of node.entries) {
    const spelling = OLD_SPELLINGS.get(key);
    if (known.includes(key)) {
      if (spelling) report('oldSpelling', at, `Write \`${spelling}\` below \`options:\` instead of ${key}`);
    } else if (!tolerated(key)) {
      report('unknownKey', at, `${quote(key)} is not known and has no effect: ${advice(key, known)}`);
    }
  }
}

function advice(key: string, known: readonly string[]): string {
  const better = closest(key, known) ?? OLD_SPELLINGS.get(key);
  if (better !== undefined) return `did you mean \`${better}\`?`;
  if (OPTION_KEYS.includes(key)) return 'indent it below `options:`';
  return 'take it out';
}

function child(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.kind === 'mapping' ? node.entries.get(key)?.value : undefined;
}

function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'list' ? node.items : [];
}

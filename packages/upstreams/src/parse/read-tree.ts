import type { Report } from '../problems.ts';
import { parseSource } from './parse.ts';
import { fillTemplate } from './template.ts';
import type { YamlNode } from './tree.ts';

/**
 * What stands for a placeholder without a value while the YAML is read, since `{{name}}` is itself a mapping there. Unicode
 * keeps these code points free for a program's own use, and YAML takes them for letters.
 */
const OPEN = '\uFDD0';
const CLOSE = '\uFDD1';
const STAND_IN = new RegExp(`${OPEN}(\\d+)${CLOSE}`, 'g');

/** Whoever asks for the tree has the diagnostics of `loadUpstreams`. */
const ignore: Report = () => undefined;

/**
 * The first document of an upstream file as it is written, for saying where something stands in it and what is written
 * there: every section of every cluster, unknown keys, and values that `loadUpstreams` refuses. Aliases and `<<` are carried
 * out, and each value and each key keeps the place at which one would change it.
 * A `{{name}}` that `templateVariables` does not know stays in its text as it is, so the environment need not be known.
 * Gives nothing for an empty file and for one that is no YAML. Never throws.
 */
export function readUpstreamTree(
  text: string,
  templateVariables: Readonly<Record<string, string>> = {},
): YamlNode | undefined {
  const placeholders = [...new Set(text.match(/\{\{[^{}\r\n]*\}\}/g))];
  const standIns = placeholders.map((placeholder, at) => [placeholder.slice(2, -2), OPEN + at + CLOSE]);
  const variables = { ...Object.fromEntries(standIns), ...templateVariables };
  const source = fillTemplate(text, variables, ignore);
  if (!source) return undefined;

  const restore = (value: string): string =>
    value.replaceAll(STAND_IN, (standIn, at: string) => placeholders[Number(at)] ?? standIn);
  const parsed = parseSource({ ...source, restore }, ignore);
  return parsed.ok ? parsed.root : undefined;
}

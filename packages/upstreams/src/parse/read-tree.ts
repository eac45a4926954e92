import { parse } from './parse.ts';
import type { YamlNode } from './tree.ts';

/**
 * The first document of an upstream file as it is written, for saying where something stands in it and what is written
 * there: every section of every cluster, unknown keys, and values that `loadUpstreams` refuses. Aliases and `<<` are carried
 * out, and each value and each key keeps the place at which one would change it.
 * A `{{name}}` that `templateVariables` does not know stays in its text as it is, so the environment need not be known.
 * Gives nothing for an empty file and for one that is no YAML: `loadUpstreams` says why. Never throws.
 */
export function readUpstreamTree(
  text: string,
  templateVariables: Readonly<Record<string, string>> = {},
): YamlNode | undefined {
  const parsed = parse(text, templateVariables, () => undefined);
  return parsed.ok ? parsed.root : undefined;
}

import { ComposeError } from './compose-error.ts';
import { isNull } from './tree.ts';
import type { YamlEntry, YamlMapping, YamlNode } from './tree.ts';

/** Carries out `<<: value`: keys that are written out win, and of several merged mappings the earlier one. */
export function mergeInto(entries: Map<string, YamlEntry>, value: YamlNode): void {
  for (const mapping of mergedMappings(value)) {
    for (const [name, entry] of mapping.entries) {
      if (!entries.has(name)) entries.set(name, { ...entry, mergedFrom: mapping });
    }
  }
}

function mergedMappings(value: YamlNode): YamlMapping[] {
  if (isNull(value)) return [];
  const candidates = value.kind === 'list' ? value.items : [value];
  return candidates.map((candidate) => {
    if (candidate.kind === 'mapping') return candidate;
    throw new ComposeError('mergeUnusable', candidate.at, '`<<` takes a mapping: write `<<: *name`');
  });
}

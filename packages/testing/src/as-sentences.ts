import { sentenceOf } from '@latchkey/settings';
import type { Loaded, Problem } from '@latchkey/settings';

/** What a loader answers as an operator reads it: problems as lines, and which names are older ones. */
export function asSentences<T>(loaded: Loaded<T>): Sentences<T> {
  const warnings = loaded.warnings.map(sentenceOf);
  const deprecated = deprecatedNames(loaded.warnings);
  return loaded.ok
    ? { ok: true, settings: loaded.settings, warnings, deprecated }
    : { ok: false, errors: loaded.errors.map(sentenceOf), warnings, deprecated };
}

/** The older names that were met, each with the one to write where there is one. */
export function deprecatedNames(warnings: readonly Problem[]): { name: string; instead?: string }[] {
  return warnings
    .filter(({ code }) => code === 'deprecated' || code === 'removed')
    .map(({ variable: name, instead }) => ({ name, ...(instead !== undefined && { instead }) }));
}

type Sentences<T> = { warnings: string[]; deprecated: { name: string; instead?: string }[] } & (
  { ok: true; settings: T } | { ok: false; errors: string[] }
);

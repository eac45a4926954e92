import { RE2JS } from 're2js';
import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { Located } from '../shape/reader.ts';
import type { Target } from '../types.ts';
import { expandTemplate, referencesOf } from './go-template.ts';
import type { GroupLookup } from './go-template.ts';
import { compilePattern } from './pattern.ts';
import { parseTarget } from './target.ts';

/** The hosts of a rewrite route and where each leads. */
export type HostPattern = {
  /** Undefined when the pattern does not match the whole of `host`. No target: the template gave no address. */
  resolve(host: string): { target: Target | undefined } | undefined;
};

/** Reads the `from` and `to` of a rewrite route, or reports what is wrong with them. */
export function readRewrite(
  from: Located<string>,
  to: Located<string>,
  scheme: 'http' | 'https',
  report: Report,
): HostPattern | undefined {
  const compiled = compilePattern(from.value, RE2JS.CASE_INSENSITIVE);
  if (!compiled.ok) {
    report('rewritePattern', from.at, `unable to compile rewrite from regex: ${compiled.reason}`);
    return undefined;
  }
  const { pattern } = compiled;
  const names: ReadonlySet<string> = new Set(Object.keys(pattern.namedGroups()));
  const hasGroup = (reference: string | number): boolean =>
    typeof reference === 'number' ? reference <= pattern.groupCount() : names.has(reference);
  for (const reference of referencesOf(to.value).filter((reference) => !hasGroup(reference))) {
    const problem = `\`from\` has no group ${quote(String(reference))}, so it is empty`;
    report('templateGroup', to.at, `${problem}: ${groupAdvice(reference)}`);
  }
  const refusal = tryOut(to.value, scheme);
  if (refusal !== undefined) {
    const problem = `unable to url parse \`to\` parameter: ${refusal}`;
    report('toInvalid', to.at, `${problem}. Write \`host[:port][/path]\` with $1 in it`);
    return undefined;
  }

  return {
    resolve(host) {
      const matcher = pattern.matcher(host);
      if (!matcher.matches()) return undefined;
      const group: GroupLookup = (reference) =>
        hasGroup(reference) ? (matcher.group(reference) ?? undefined) : undefined;
      const parsed = parseTarget(expandTemplate(to.value, group), scheme);
      return { target: parsed.ok ? parsed.target : undefined };
    },
  };
}

/** A template is hopeless if neither a word nor a number in its gaps makes an address. */
function tryOut(template: string, scheme: 'http' | 'https'): string | undefined {
  const fillWith = (filler: string): string => expandTemplate(template, () => filler);
  const withWord = parseTarget(fillWith('a'), scheme);
  return withWord.ok || parseTarget(fillWith('1'), scheme).ok ? undefined : withWord.reason;
}

function groupAdvice(reference: string | number): string {
  const [, number, rest] = /^(\d+)(\w+)$/.exec(String(reference)) ?? [];
  if (number === undefined || rest === undefined) return 'name one that it has';
  return `write \`\${${number}}${rest}\``;
}

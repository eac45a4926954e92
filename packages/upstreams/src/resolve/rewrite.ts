import { RE2JS } from 're2js';
import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { Located } from '../shape/reader.ts';
import type { Target } from '../types.ts';
import { expandTemplate, referencesOf } from './go-template.ts';
import type { GroupLookup } from './go-template.ts';
import { compilePattern } from './pattern.ts';
import { isSocket, isTcp, parseTarget, toInvalid } from './target.ts';

/** The hosts of a rewrite route and where each leads. */
export type HostPattern = {
  /** Undefined when the pattern does not match the whole of `host`. No target: the template gave no address. */
  resolve(host: string): { target: Target | undefined } | undefined;
};

/** Reads the `from` and `to` of a rewrite route as far as they are known, and reports what is wrong with either. */
export function readRewrite(
  from: Located<string> | undefined,
  to: Located<string> | undefined,
  scheme: 'http' | 'https',
  report: Report,
): HostPattern | undefined {
  const pattern = from && readPattern(from, report);
  if (pattern && to) reportGroups(pattern, to, report);
  if (to) refuseTemplate(to, scheme, report);
  return pattern && hostPattern(pattern, to?.value ?? '', scheme);
}

/** Reports a `to` that gives no address, whatever it is filled with. */
export function refuseTemplate(to: Located<string>, scheme: 'http' | 'https', report: Report): void {
  const refusal = tryOut(to.value, scheme);
  if (refusal !== undefined) report('toInvalid', to.at, toInvalid(refusal));
}

function readPattern(from: Located<string>, report: Report): RE2JS | undefined {
  const compiled = compilePattern(from.value, RE2JS.CASE_INSENSITIVE);
  if (compiled.ok) return compiled.pattern;
  report('rewritePattern', from.at, `unable to compile rewrite from regex: ${compiled.reason}`);
  return undefined;
}

function reportGroups(pattern: RE2JS, to: Located<string>, report: Report): void {
  const hasGroup = groupsOf(pattern);
  for (const reference of referencesOf(to.value).filter((reference) => !hasGroup(reference))) {
    const problem = `\`from\` has no group ${quote(String(reference))}, so it is empty`;
    report('templateGroup', to.at, `${problem}: ${groupAdvice(reference)}`);
  }
}

function hostPattern(pattern: RE2JS, template: string, scheme: 'http' | 'https'): HostPattern {
  const hasGroup = groupsOf(pattern);
  const madeByHost = isMadeByHost(template, hasGroup, scheme);
  return {
    resolve(host) {
      const matcher = pattern.matcher(host);
      if (!matcher.matches()) return undefined;
      const group: GroupLookup = (reference) =>
        hasGroup(reference) ? (matcher.group(reference) ?? undefined) : undefined;
      const parsed = parseTarget(expandTemplate(template, group), scheme);
      // A host name makes no address of one kind into one of another: `${1}nix:/run/app.sock` is no socket.
      if (!parsed.ok) return { target: undefined };
      const { socketPath, origin } = parsed.target;
      const isAsWritten =
        (socketPath !== undefined) === isSocket(template) && isTcp(origin) === isTcp(template);
      if (!isAsWritten) return { target: undefined };
      return { target: { ...parsed.target, ...(madeByHost && { madeByHost }) } };
    },
  };
}

/** Whether what the groups hold makes a difference to the origin. A group that is not there is always empty. */
function isMadeByHost(
  template: string,
  hasGroup: (reference: string | number) => boolean,
  scheme: 'http' | 'https',
): boolean {
  const [origin, other] = ['1', '2'].map((filler) => {
    const filled = expandTemplate(template, (reference) => (hasGroup(reference) ? filler : undefined));
    const parsed = parseTarget(filled, scheme);
    return parsed.ok ? parsed.target.origin : undefined;
  });
  return origin === undefined || origin !== other;
}

/** Whether a pattern has a group of this name or number. */
function groupsOf(pattern: RE2JS): (reference: string | number) => boolean {
  const names: ReadonlySet<string> = new Set(Object.keys(pattern.namedGroups()));
  return (reference) =>
    typeof reference === 'number' ? reference <= pattern.groupCount() : names.has(reference);
}

/** A template is hopeless if neither a word nor a number in its gaps makes an address. */
function tryOut(template: string, scheme: 'http' | 'https'): string | undefined {
  const fillWith = (filler: string): string => expandTemplate(template, () => filler);
  const [withWord, withNumber] = [parseTarget(fillWith('a'), scheme), parseTarget(fillWith('1'), scheme)];
  if (!withWord.ok) return withNumber.ok ? undefined : withWord.reason;
  const isOneSocket = withNumber.ok && withNumber.target.socketPath === withWord.target.socketPath;
  return withWord.target.socketPath === undefined || isOneSocket
    ? undefined
    : 'a host name may not choose the path of a Unix socket';
}

function groupAdvice(reference: string | number): string {
  const [, number, rest] = /^(\d+)(\w+)$/.exec(String(reference)) ?? [];
  if (number === undefined || rest === undefined) return 'name one that it has';
  return `write \`\${${number}}${rest}\``;
}

import type { WrittenRule } from '@latchkey/access';
import { inNetworks } from '@latchkey/networks';
import { compileExpression } from '@latchkey/policy';
import type { Compiled, Mistake } from '@latchkey/policy';
import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { DiagnosticName } from '../diagnostics.ts';
import { readable, readableOf, unreadableValue } from '../shape/reader.ts';
import type { Unreadable } from '../shape/reader.ts';
import type { WrittenExpression, WrittenRuleFields } from '../shape/policy.ts';
import type { Root } from '../shape/root.ts';
import { compilePattern } from './pattern.ts';

type WrittenRules = ReadonlyArray<WrittenRuleFields | Unreadable> | Unreadable | undefined;

/** Makes rules of what a file has, and reports what is wrong with them. Routes share what they write alike. */
export type ResolvePolicy = (written: WrittenRules, report: Report) => readonly WrittenRule[];

/** Nobody follows more in one place; each of them is asked for every request. */
const mostRules = 50;
/** The most that all different expressions of a file may hold, in characters: two seconds of reading. */
const mostOfAFile = 100_000;

/** Makes the reader of policies of one file. */
export function createResolvePolicy({
  networks,
  device_headers: deviceHeaders,
}: Pick<Root, 'networks' | 'device_headers'>): ResolvePolicy {
  const surroundings = {
    networks: new Map((readable(networks) ?? []).map(({ name, ranges }) => [name, inNetworks(ranges)])),
    deviceHeaders: readable(deviceHeaders) ?? new Map<string, string>(),
    compilePattern,
  };
  const compiled = new Map<string, Compiled>();
  let spent = 0;

  function compileOnce(source: string): Compiled {
    const known = compiled.get(source);
    if (known !== undefined) return known;
    spent += source.length;
    const made = spent > mostOfAFile ? tooMuch : compileExpression(source, surroundings);
    compiled.set(source, made);
    return made;
  }

  return function resolvePolicy(written, report) {
    const rules = readableOf(written);
    const [, beyond] = [rules.slice(0, mostRules), rules[mostRules]];
    if (beyond !== undefined) {
      report(
        'ruleTooLarge',
        beyond.at,
        `A policy may have at most ${mostRules} rules: join some with \`||\``,
      );
    }
    const names = new Set<string>();
    return rules.flatMap((rule) => {
      const name = readable(rule.name);
      if (name !== undefined && names.has(name.value)) {
        report(
          'ruleName',
          name.at,
          `${quote(name.value)} names another rule of this policy: write another name`,
        );
      }
      if (name !== undefined) names.add(name.value);
      return resolveRule(rule, report) ?? [];
    });
  };

  function resolveRule(rule: WrittenRuleFields, report: Report): WrittenRule | undefined {
    const { at, name, allow_if: allow, deny_if: deny, status, message } = rule;
    if ([name, allow, deny, status, message].includes(unreadableValue)) return undefined;
    const expression = readable(deny) ?? readable(allow);
    const named = readable(name);
    if (named === undefined) {
      report('ruleShape', at, 'A rule has a name: write `name: read-only` in it');
      return undefined;
    }
    if (expression === undefined || (allow !== undefined && deny !== undefined)) {
      const what =
        expression === undefined
          ? 'has neither `allow_if` nor `deny_if`'
          : 'has both `allow_if` and `deny_if`';
      report('ruleShape', at, `${quote(named.value)} ${what}: write one of them`);
      return undefined;
    }
    const isDeny = deny !== undefined;
    const code = readable(status);
    if (code !== undefined && !isDeny) {
      report('ruleStatus', code.at, 'Only a rule with `deny_if` answers: remove `status`');
    }
    const made = compileOnce(expression.value);
    if (!made.ok) {
      reportMistake(made.mistake, expression, report);
      return undefined;
    }
    for (const warning of made.expression.warnings) reportMistake(warning, expression, report);
    reportConstant(named.value, made.expression.constant, isDeny, expression, report);
    const text = readable(message)?.value.trim();
    const { reads, groups, networks: ranges, decide, facts } = made.expression;
    return {
      name: named.value,
      effect: isDeny ? 'deny' : 'allow',
      expression: expression.value.trim(),
      reads: [...reads].map((source) => (source === 'request' ? 'asked' : source)),
      groups,
      networks: ranges,
      decide,
      facts,
      ...(text && { message: text }),
      ...(code?.value !== undefined && isDeny && { status: code.value }),
    };
  }

  function reportMistake(
    { kind, offset, message }: Mistake,
    { inside }: WrittenExpression,
    report: Report,
  ): void {
    // What cannot be read may be the one.
    if (kind === 'unknown' && [networks, deviceHeaders].includes(unreadableValue)) return;
    report(diagnosticOf[kind], inside(offset), message);
  }
}

const diagnosticOf = {
  syntax: 'expressionUnreadable',
  unknown: 'factUnknown',
  type: 'expressionType',
  size: 'ruleTooLarge',
  pattern: 'rulePattern',
  neverEqual: 'neverEqual',
  neverFalse: 'neverFalse',
} as const satisfies Record<Mistake['kind'], DiagnosticName>;

const tooMuch: Compiled = {
  ok: false,
  mistake: {
    kind: 'size',
    offset: 0,
    message: `The expressions of this file have more than ${mostOfAFile} characters together: write fewer rules, or use the same expression in several places`,
  },
};

function reportConstant(
  name: string,
  constant: boolean | undefined,
  isDeny: boolean,
  { at }: WrittenExpression,
  report: Report,
): void {
  if (constant === undefined) return;
  if (constant) {
    const effect = isDeny ? 'refuses every request' : 'lets in everybody who is signed in, and every machine';
    report('ruleConstant', at, `${quote(name)} is always true, so it ${effect}: write a condition`);
  } else {
    report('ruleConstant', at, `${quote(name)} is never true, so it has no effect: correct it or remove it`);
  }
}

import { clashOf, principal } from '@latchkey/policy';
import type { Clash, Form } from '@latchkey/policy';
import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { quotedId } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';
import { passedGatesOf, person, placedRules } from './written-rules.ts';
import type { PassedGate, PlacedRule, PlacedRules } from './written-rules.ts';

const signedIn: Form = { op: 'notAmong', variable: principal, values: ['visitor'] };
/**
 * Rules that say nothing, or too much, because what they ask for cannot be at once. Only what is certain is reported: a rule of
 * which nothing is said may be wrong all the same.
 */
export function lintNeverTogether(subject: LintSubject): Finding[] {
  const rules = placedRules(subject);
  const single = rules.all.flatMap(ofOne);
  // Each of them alone is reported already.
  return single.some(({ code }) => code === lints.ruleNever.code || code === lints.ruleForAll.code)
    ? single
    : [...single, ...betweenRules(subject, rules)];
}

function ofOne({ rule, forms, place }: PlacedRule): Finding[] {
  const name = JSON.stringify(rule.name);
  const never = clashOf([forms.holds]);
  if (isReportedHere(never)) {
    const effect =
      rule.effect === 'allow'
        ? 'lets in nobody'
        : 'refuses only requests for which it cannot be decided, because a fact is absent';
    const message = `${name} is never true: ${because(never)}. It ${effect}: correct it, or remove it`;
    return [findingOf(lints.ruleNever, place, message)];
  }
  const whom = rule.effect === 'allow' ? [person] : [];
  const always = clashOf([...whom, forms.fails]);
  // A rule about machines alone leaves out every person.
  if (!isReportedHere(always) || clashOf([...whom, forms.holds]) !== undefined) return [];
  const effect =
    rule.effect === 'allow'
      ? 'lets in every person who can sign in: name the people who may pass'
      : 'refuses everybody: correct it';
  return [findingOf(lints.ruleForAll, place, `${name} is always true, and ${effect}`)];
}

function betweenRules({ table }: LintSubject, { guardrail, of }: PlacedRules): Finding[] {
  const forAll = passedGatesOf(guardrail);
  const shut = clashOf([signedIn, ...forAll.map(({ form }) => form)]);
  const [first] = guardrail;
  if (isReportedHere(shut) && first !== undefined) {
    const names = guardrail.map(({ rule }) => JSON.stringify(rule.name)).join(', ');
    const message = `The rules ${names} together refuse everybody who is signed in: ${because(shut)}`;
    return [findingOf(lints.nobodyPasses, first.place, message)];
  }
  const waysIn = guardrail.filter(({ rule }) => rule.effect === 'allow');
  const denying = forAll.filter(({ rules }) => rules.every(({ rule }) => rule.effect === 'deny'));
  return [
    ...waysIn.flatMap((rule) => behind(rule, denying)),
    ...table.routes.flatMap((route) => {
      const own = of(route);
      const service: Form = {
        op: 'among',
        variable: 'route.service',
        values: [JSON.stringify(route.service)],
      };
      const gates = [...forAll, ...passedGatesOf(own.filter(({ rule }) => rule.effect === 'deny'))];
      const ways = own.filter(({ rule }) => rule.effect === 'allow');
      const closed = clashOf([signedIn, service, ...gates.map(({ form }) => form)]);
      const [placed] = own;
      if (!isReportedHere(closed) || placed === undefined) {
        return ways.flatMap((rule) => behind(rule, gates, service));
      }
      const message = `The rules of ${quotedId(route)} and the guardrail together refuse everybody who is signed in: ${because(closed)}`;
      return [findingOf(lints.nobodyPasses, placed.place, message)];
    }),
  ];
}

/** A rule that lets in, where what stands before it refuses all of those. */
function behind({ rule, forms, place }: PlacedRule, gates: readonly PassedGate[], about?: Form): Finding[] {
  const given = [signedIn, ...(about ? [about] : []), forms.holds];
  const clash = clashOf([...given, ...gates.map(({ form }) => form)]);
  if (!isReportedHere(clash)) return [];
  const blocker = gates.find(({ form }) => clashOf([...given, form]) !== undefined) ?? { rules: [] };
  const names = blocker.rules.map((each) => JSON.stringify(each.rule.name)).join(', ');
  const by = names === '' ? 'the rules that refuse' : names;
  const message = `${JSON.stringify(rule.name)} lets in nobody: ${by} refuses everybody for whom it is true (${because(clash)})`;
  return [findingOf(lints.ruleBehindGate, place, message)];
}

// `true` and `false` as they are written are reported by the file itself (LK339).
function isReportedHere(clash: Clash | undefined): clash is Clash {
  return clash !== undefined && clash.variable !== '';
}

function because({ variable }: Clash): string {
  return variable === principal
    ? 'nobody is a person and a machine at once'
    : `\`${variable}\` would have to be two things at once`;
}

import { statementsOf } from '@latchkey/policy';
import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import type { LintSubject } from './lint.ts';
import { isAnchored } from './public-paths.ts';
import { lints } from './table.ts';
import { placedRules } from './written-rules.ts';

const pathMethod = /^request\.path\.(startsWith|contains|matches)\((".*")\)$/;

/** Rules that let in on more paths than it seems. */
export function lintRulePaths(subject: LintSubject): Finding[] {
  return placedRules(subject).all.flatMap(({ rule, forms, place }) => {
    if (rule.effect !== 'allow') return [];
    return statementsOf(forms.holds).flatMap(({ op, variable, values }) => {
      const [, method = '', argument = '""'] = pathMethod.exec(variable) ?? [];
      if (op !== 'among' || values[0] !== 'true') return [];
      const advice = adviceFor(method, String(JSON.parse(argument)));
      if (advice === undefined) return [];
      const message = `${JSON.stringify(rule.name)} matches more paths than intended: ${advice}`;
      return [findingOf(lints.ruleAmbiguousPath, place, message)];
    });
  });
}

function adviceFor(method: string, text: string): string | undefined {
  const shown = JSON.stringify(text);
  if (method === 'startsWith' && !text.endsWith('/')) {
    return `${text}-other begins with ${shown} as well. Write \`request.path == ${shown} || request.path.startsWith(${JSON.stringify(`${text}/`)})\``;
  }
  if (method === 'contains') return `${shown} may stand anywhere, also behind /admin. Write \`startsWith\``;
  if (method === 'matches' && !isAnchored(text)) {
    return `${shown} matches anywhere, also behind /admin. Begin it with \`^\``;
  }
  return undefined;
}

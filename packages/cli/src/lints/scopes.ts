import { statementsOf } from '@latchkey/policy';
import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { quotedId } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';
import { placedRules } from './written-rules.ts';

const scopeIn = /^(".*") in machine\.scopes$/;

/**
 * Scopes by which nobody gets in: no service account has them, and no issuer is named that could. An issuer may give any, and
 * so none is reported where there is one.
 */
export function lintScopes(subject: LintSubject): Finding[] {
  const { file, source, table } = subject;
  const { issuers, serviceAccounts } = table.root;
  if (issuers.length > 0) return [];
  const given = new Set([...serviceAccounts.values()].flatMap(({ principal }) => principal.scopes));
  const listed = table.routes.flatMap((route) =>
    (route.bearer?.scopes ?? [])
      .filter((scope) => !given.has(scope))
      .map((scope) => {
        const message = `Nobody gets into ${quotedId(route)} by the scope ${JSON.stringify(scope)}: ${remedy}`;
        return findingOf(
          lints.scopeOfNobody,
          { file, ...source.placeOf(route, 'allowed_scopes', scope) },
          message,
        );
      }),
  );
  const inRules = placedRules(subject).all.flatMap(({ rule, forms, place }) => {
    const statements = [forms.holds, forms.fails].flatMap(statementsOf);
    const named = statements.flatMap(({ variable }) => scopeIn.exec(variable)?.[1] ?? []);
    const scopes = new Set(named.map((text) => String(JSON.parse(text))));
    return [...scopes.difference(given)].map((scope) => {
      const message = `No machine has the scope ${JSON.stringify(scope)} of ${JSON.stringify(rule.name)}: ${remedy}`;
      return findingOf(lints.scopeOfNobody, place, message);
    });
  });
  return [...listed, ...inRules];
}

const remedy = 'no service account has it, and there are no `issuers`. Correct it, or say who gives it';

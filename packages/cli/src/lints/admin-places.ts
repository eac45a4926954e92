import { statementsOf } from '@latchkey/policy';
import type { Statement } from '@latchkey/policy';
import type { Route } from '@latchkey/upstreams';
import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { quotedId } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';
import { placedRules } from './written-rules.ts';

/** Programs with which one changes other machines, or reads secrets, and what everybody calls such a place. */
const adminNames: ReadonlyMap<string, string> = new Map([
  ['admin', 'is called so where applications are administered'],
  ['vault', 'keeps secrets'],
  ['jenkins', 'runs programs with the rights of its jobs'],
  ['argocd', 'installs on clusters'],
  ['rundeck', 'runs programs on other machines'],
  ['portainer', 'runs containers'],
  ['phpmyadmin', 'changes databases'],
  ['pgadmin', 'changes databases'],
]);

const adminPath = /^"(\/(?:admin|_admin|api\/admin|wp-admin|actuator|manage)(?:\/.*)?)"$/;
const pathBeginning = /^request\.path\.startsWith\((".*")\)$/;

/** Routes and rules that let whole domains in where a few people should be. */
export function lintAdminPlaces(subject: LintSubject): Finding[] {
  const { file, source, table } = subject;
  const rules = placedRules(subject);
  const routes = table.routes.flatMap((route) => {
    const name = adminNameOf(route);
    if (
      name === undefined ||
      narrows(route, rules.guardrail.length) ||
      route.rules.emailDomains.includes('*')
    )
      return [];
    const domains = route.rules.emailDomains;
    if (domains.length === 0) return [];
    const message = `${quotedId(route)} looks like ${JSON.stringify(name)}, which ${adminNames.get(name)}, and is open to all of ${domains.join(', ')}: name a group in \`allowed_groups\``;
    const place = source.placeOf(route, 'allowed_email_domains', domains[0]);
    return [findingOf(lints.adminForDomain, { file, ...place }, message)];
  });
  const written = rules.all.flatMap(({ rule, forms, place }) => {
    const statements = statementsOf(forms.holds);
    const path = statements.map(adminPathOf).find((each) => each !== undefined);
    const isNarrow = statements.some(({ variable }) => /\buser\.(?:groups|email|sub)\b/.test(variable));
    const isWide = statements.some(({ op, variable }) => op === 'among' && variable === 'user.domain');
    if (rule.effect !== 'allow' || path === undefined || isNarrow || !isWide) return [];
    const message = `${JSON.stringify(rule.name)} lets a whole domain in on ${path}: name a group, \`"admins@example.com" in user.groups\``;
    return [findingOf(lints.adminForDomain, place, message)];
  });
  return [...routes, ...written];
}

/** Whether something else may keep most of them out. */
function narrows({ writtenRules }: Route, guards: number): boolean {
  return guards > 0 || writtenRules.some(({ effect }) => effect === 'deny');
}

function adminNameOf({ service, from, host = from, to = '' }: Route): string | undefined {
  const [, path = ''] = /^(?:\w+:\/\/)?[^/]*(\/.*)?$/.exec(to) ?? [];
  const words = [service, host, path].flatMap((text) => text.toLowerCase().split(/[^a-z0-9]+/));
  return words.find((word) => adminNames.has(word));
}

/** The path of administrators on which a statement lets in. */
function adminPathOf({ op, variable, values }: Statement): string | undefined {
  if (op !== 'among') return undefined;
  const beginning = pathBeginning.exec(variable)?.[1];
  const texts = variable === 'request.path' ? values : values[0] === 'true' && beginning ? [beginning] : [];
  return texts.map((text) => adminPath.exec(text)?.[1]).find((path) => path !== undefined);
}

import type { Explanation } from './answer.ts';
import type { ExplainedRequest, Requester } from './request.ts';

/** An explanation for programs. */
export function explanationJson(asked: ExplainedRequest, requester: Requester, answer: Explanation): object {
  const { allow, reason, error, status, outcome, redirect, route, signIn, rules, upstream } = answer;
  const read = typeof asked.incoming.read === 'string' ? undefined : asked.incoming.read;
  return {
    allow,
    reason: reason ?? null,
    error: error ?? null,
    status: status ?? null,
    outcome,
    redirect: redirect ?? null,
    target: upstream?.url ?? null,
    headers: upstream ? Object.fromEntries(upstream.headers) : null,
    host: read?.host ?? null,
    port: read?.port ?? null,
    path: read?.path ?? null,
    rawPath: read?.rawPath ?? null,
    person: requester ? { email: requester.email, groups: requester.groups } : null,
    token: asked.token ?? null,
    route: route
      ? { id: route.id, service: route.service, from: route.from, line: route.position.line }
      : null,
    signIn,
    rules: rules.map(({ rule, outcome, expression, facts }) => ({
      rule,
      outcome,
      ...(expression !== undefined && { expression }),
      ...(facts !== undefined && {
        facts: Object.fromEntries(facts.map(({ name, value }) => [name, value ?? null])),
      }),
    })),
  };
}

import type { Route } from '@latchkey/upstreams';
import { requestPlan } from './request-headers.ts';
import type { RequestPlan } from './request-headers.ts';
import { answerPlan } from './response-headers.ts';
import type { AnswerPlan } from './response-headers.ts';

/** All that is the same for each request of a route. */
export type Plan = { readonly request: RequestPlan; readonly answer: AnswerPlan };

/**
 * Plans are made once for each route of each table, when its first request comes, and go with the table.
 *
 * @param secure browsers reach us over HTTPS only
 */
export function createPlans(secure: boolean): (route: Route) => Plan {
  const plans = new WeakMap<Route, Plan>();
  return function planOf(route) {
    let plan = plans.get(route);
    if (plan === undefined) {
      plan = { request: requestPlan(route), answer: answerPlan(route, secure) };
      plans.set(route, plan);
    }
    return plan;
  };
}

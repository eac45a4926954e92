import { admitAccount, flawOfAddress } from '@latchkey/access';
import type { AccountRules } from '@latchkey/access';
import type { Route } from '@latchkey/upstreams';
import type { AuthKnowledge } from './installation.ts';
import type { Requester } from './request.ts';

/** One thing that has to hold before there is a session for a route. */
export type SignInStep = { readonly rule: string; readonly outcome: 'hit' | 'miss' | 'not reached' };

/** What stands between a person and a session for a route, and why there is none. */
export type SignIn = {
  readonly steps: readonly SignInStep[];
  readonly refusal: 'provider_unknown' | 'account_refused' | 'other_provider' | undefined;
};

/**
 * Whether a person has a session with which a route may be asked for: auth has the provider and admits the account, and
 * the session is one of those that it takes. What the env files do not say is passed over.
 */
export function signInOf(requester: Requester, route: Route, auth: AuthKnowledge | undefined): SignIn {
  const steps: SignInStep[] = [];
  if (auth?.slugs && !auth.slugs.includes(route.providerSlugs[0])) {
    steps.push({ rule: `PROVIDER_X_SLUG: ${auth.slugs.join(', ')}`, outcome: 'miss' });
    return { steps: [...steps, ...accountSteps(undefined, auth)], refusal: 'provider_unknown' };
  }
  const flaw = requester && flawOfAddress(requester.email);
  if (flaw !== undefined) {
    steps.push({ rule: flaw, outcome: 'miss' }, ...accountSteps(undefined, auth));
    return { steps, refusal: 'account_refused' };
  }
  const accounts = accountSteps(requester, auth);
  steps.push(...accounts);
  const isRefused = requester && accounts.length > 0 && !accounts.some(({ outcome }) => outcome === 'hit');
  if (isRefused) return { steps, refusal: 'account_refused' };
  if (requester?.provider === undefined) return { steps, refusal: undefined };

  const isOther = !route.providerSlugs.includes(requester.provider);
  steps.push({
    rule: `provider_slug: ${route.providerSlugs.join(', ')}`,
    outcome: isOther ? 'miss' : 'hit',
  });
  return { steps, refusal: isOther ? 'other_provider' : undefined };
}

/** One step for each list that auth has; any one suffices. */
function accountSteps(requester: Requester, auth: AuthKnowledge | undefined): SignInStep[] {
  if (!auth?.accounts) return [];
  const { emailDomains, emailAddresses } = auth.accounts;
  const lists = [
    { name: 'AUTHORIZE_EMAIL_DOMAINS', list: emailDomains, rules: { emailDomains, emailAddresses: [] } },
    { name: 'AUTHORIZE_EMAIL_ADDRESSES', list: emailAddresses, rules: { emailDomains: [], emailAddresses } },
  ];
  return lists
    .filter(({ list }) => list.length > 0)
    .map(({ name, list, rules }) => ({
      rule: `${name}: ${list.join(', ')}`,
      outcome: requester ? outcomeOf(requester.email, rules) : 'not reached',
    }));
}

function outcomeOf(email: string, rules: AccountRules): 'hit' | 'miss' {
  return admitAccount({ email, emailVerified: true }, rules).admitted ? 'hit' : 'miss';
}

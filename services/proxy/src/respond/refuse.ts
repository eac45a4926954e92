import { nameOf, reasons } from '@latchkey/access';
import type { Refusal } from '@latchkey/admission';
import { isPassedOn, replyRedirect } from '@latchkey/http';
import { longAddress, thisAddress } from '@latchkey/web-pages';
import type { PageFact } from '@latchkey/web-pages';
import { provedWithinMs } from '../authn/freshness.ts';
import type { PersonCookie } from '../authn/person-cookie.ts';
import type { SessionCookies } from '../authn/session-cookies.ts';
import type { LauncherOf } from '../endpoints/launcher-address.ts';
import { noteFlaw } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import type { KnownSession } from '../authn/session-state.ts';
import type { Addresses } from '../sign-in/addresses.ts';
import { policyOf } from './policy-of.ts';
import { refuseWithError } from './refuse-with-error.ts';

/** Answers a request that was decided against: a sign-in, 401, 403, 409 or 503. */
export type Refuse = (exchange: Exchange, refusal: Refusal<KnownSession>) => void;

type Refused<Kind extends Refusal<KnownSession>['kind']> = Extract<Refusal<KnownSession>, { kind: Kind }>;

/** Makes the answers to requests that were decided against. */
export function createRefuse(parts: {
  addresses: Addresses;
  launcherOf: LauncherOf;
  cookies: Pick<SessionCookies, 'endHost'>;
  personCookie: Pick<PersonCookie, 'tokenFor'>;
  /** whether nothing is to be answered that is to be written down, because it could not be */
  mustRefuse: () => boolean;
}): Refuse {
  const { addresses, launcherOf, cookies, personCookie, mustRefuse } = parts;

  return function refuse(exchange, refusal) {
    const { res } = exchange;
    const { identified, decision, request, route } = refusal;
    const { reason } = decision;
    // Never to be used again, and it would hide from auth what is the matter with the shared one.
    if (identified.kind === 'visitor' && identified.spent === true) {
      res.appendHeader('Set-Cookie', cookies.endHost());
    }
    noteFlaw(exchange, identified);
    switch (refusal.kind) {
      case 'unavailable':
        return refuseWithError(exchange, refusal.error, { reason });
      case 'deny':
        return deny(exchange, refusal);
      case 'person_changed':
        return askWhoGoesOn(exchange, refusal);
      case 'sign_in':
        return replyRedirect(
          res,
          addresses.signIn(request, route.providerSlugs, reason, provedWithinMs(route)),
        );
      case 'sign_in_aside':
        return askForNewTab(exchange, refusal);
      case 'challenge': {
        if (refusal.error === 'invalid_token') return refuseWithError(exchange, refusal.error, { reason });
        const within = provedWithinMs(route);
        const url = addresses.signInToStart(request, route.providerSlugs, reason, within);
        const extra = { sign_in_url: url };
        return refuseWithError(exchange, refusal.error, { reason, extra });
      }
    }
  };

  function deny(exchange: Exchange, { error, identified, decision, request, route }: Refused<'deny'>): void {
    if (mustRefuse()) return refuseWithError(exchange, 'audit_unavailable');
    const { reason, rule, written } = decision;
    const { message } = written ?? {};
    // An answer that there is nothing does not say why.
    if (error === 'not_found') return refuseWithError(exchange, error, { message });
    const name = nameOf(identified.principal);
    const shown = { rule: rule ?? '', ...policyOf(decision) };
    const facts: readonly PageFact[] = [
      ['Application', route.launcher?.title ?? route.service],
      error === 'request_denied' ? ['Rule', shown.rule] : ['Who may pass', rule ?? 'nobody'],
      ['Reason', reasons[reason]],
    ];
    if (identified.kind !== 'person') {
      const extra = { ...(name !== undefined && { caller: name }), ...shown };
      return refuseWithError(exchange, error, { reason, message, facts, extra });
    }
    const launcher = launcherOf(request, [identified.session.session.idp]);
    refuseWithError(exchange, error, {
      reason,
      message,
      facts: [['Signed in as', identified.principal.email], ...facts],
      actions: [
        {
          label: 'Sign in as somebody else',
          href: addresses.switchAccount(request, route.providerSlugs, provedWithinMs(route)),
        },
        ...(launcher === undefined ? [] : [{ label: 'See what you may open', href: launcher }]),
      ],
      extra: { email: identified.principal.email, ...shown },
    });
  }

  function askWhoGoesOn(exchange: Exchange, refusal: Refused<'person_changed'>): void {
    const { headers } = exchange.req;
    const { request, route, decision, arrived } = refusal;
    const { session } = arrived;
    const here = addresses.goOnAs(request, personCookie.tokenFor(headers.cookie, session));
    exchange.detail = `now ${session.email}`;
    refuseWithError(exchange, refusal.error, {
      reason: decision.reason,
      facts: [['Signed in as', session.email]],
      actions: [
        {
          label: `Go on as ${session.email}`,
          // What a service worker passes on may have been fetched ahead, but for forms.
          ...(isPassedOn(headers) ? { post: here, fields: {} } : { href: here }),
          primary: true,
        },
        {
          label: 'Sign in as somebody else',
          href: addresses.switchAccount(request, route.providerSlugs, provedWithinMs(route)),
        },
      ],
    });
  }
}

// The tab that the person came with holds the whole address; only the other one signs in.
function askForNewTab(exchange: Exchange, { error, decision, detail }: Refused<'sign_in_aside'>): void {
  exchange.detail = detail;
  refuseWithError(exchange, error, {
    reason: decision.reason,
    ...longAddress({ signInHref: '/', href: thisAddress }),
  });
}

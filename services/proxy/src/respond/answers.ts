import type { DeviceTrust } from '@latchkey/access';
import type { Readiness } from '@latchkey/admin';
import { ownFacts } from '@latchkey/admission';
import { createRateLimit } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import { attemptCookies, deriveKeys, sealSignOutHint } from '@latchkey/session';
import type { ProxySettings } from '@latchkey/settings';
import type { Emit } from '@latchkey/telemetry';
import type { Route } from '@latchkey/upstreams';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Admission } from '../admission.ts';
import type { AskAuth } from '../ask-auth.ts';
import type { Sessions } from '../authn/sessions.ts';
import { createAuthorizeCaller } from '../endpoints/authorize-caller.ts';
import { createEndpoints } from '../endpoints/endpoints.ts';
import { createLauncherOf, createPageOf } from '../endpoints/launcher-address.ts';
import { createLauncher } from '../endpoints/launcher.ts';
import { createExchangeTokens, createReadTokenForm } from '../endpoints/token/give-token.ts';
import type { Exchanging } from '../endpoints/token/give-token.ts';
import { createSignSshCertificate } from '../endpoints/ssh-certificate/sign.ts';
import { createLimited } from '../endpoints/limited.ts';
import { createServeEndpoint } from '../endpoints/own-request.ts';
import type { ProxyEvent } from '../telemetry/events.ts';
import type { Signer } from '../outgoing/signers/signer.ts';
import type { Addresses } from '../sign-in/addresses.ts';
import { createCallback } from '../sign-in/callback.ts';
import { createSignInLink } from '../sign-in/link.ts';
import { createRedeem } from '../sign-in/redeem.ts';
import { createStart } from '../sign-in/start.ts';
import { createRefuse } from './refuse.ts';
import { createRespond } from './respond.ts';
import type { Respond } from './respond.ts';

/**
 * Puts together what answers a request that is not forwarded: refusals, pages, and the endpoints of ours.
 *
 * @returns the answers of a server, given what it needs to be ready
 */
export function createAnswers({
  settings,
  addresses,
  sessions,
  admission,
  askAuth,
  routes,
  signer,
  issuer,
  deviceTrustOf,
  mustRefuse,
  workloads,
  clock,
  emit,
  log,
}: {
  settings: Pick<ProxySettings, 'provider' | 'client' | 'session' | 'server'>;
  addresses: Addresses;
  sessions: Sessions;
  admission: Admission;
  askAuth: AskAuth;
  routes: () => readonly Route[];
  signer: Signer;
  /** of access tokens: auth */
  issuer: string;
  /** whether a request comes from a server whose word about devices is taken */
  deviceTrustOf: (req: IncomingMessage) => DeviceTrust;
  /** whether nothing is to be answered that is to be written down, because it could not be */
  mustRefuse: () => boolean;
  workloads: Pick<Exchanging, 'tokens' | 'verify' | 'findSecret' | 'accounts'>;
  clock: Clock;
  emit: Emit<ProxyEvent>;
  log: Logger;
}): (readiness: Readiness) => Respond {
  const { provider, client, session, server } = settings;
  const { secure, secrets } = session.cookie;
  const { cookies, personCookie } = sessions;
  const { now } = clock;
  const authorizeCaller = createAuthorizeCaller({
    authorize: admission.authorize,
    cookies,
    deviceTrustOf,
  });
  const pageOf = createPageOf({ addresses, publicPorts: server.publicPorts });
  const launcherOf = createLauncherOf({ routes, pageOf });
  const refuse = createRefuse({
    addresses,
    launcherOf,
    cookies,
    personCookie,
    mustRefuse,
  });
  const showLauncher = createLauncher({
    routes,
    pageOf,
    accountHref: new URL('/account', provider.externalUrl).href,
    factsOf({ req }, request) {
      const said = {
        headers: req.headers,
        rawHeaders: req.rawHeaders,
        deviceTrust: deviceTrustOf(req),
      };
      return ownFacts(request, said, { readsAsked: true }, { now });
    },
  });
  const signOutHints = deriveKeys(client.secrets, 'sign-out hint');
  const attempts = attemptCookies({ keys: deriveKeys(secrets, 'code attempt'), scope: { secure }, now });
  const limited = createLimited(createRateLimit({ perMinute: server.requestsPerMinute, log }));
  const endpoints = createEndpoints({
    authorizeCaller,
    addresses,
    refuse,
    showLauncher,
    launcherOf,
    cookies,
    personCookie,
    signOutHint: ({ session: known }) => sealSignOutHint(known, signOutHints),
    signInLink: createSignInLink({ routeFor: admission.routeFor, addresses }),
    startSignIn: limited(createStart({ attempts, addresses, now })),
    finishSignIn: limited(
      createCallback({
        attempts,
        redeem: createRedeem(askAuth, sessions.tokens),
        addresses,
        authorizeCaller,
        cookies,
        now,
      }),
    ),
    exchangeToken: limited(
      createExchangeTokens({
        ...workloads,
        origin: (request) => addresses.origin(request),
        lifetimeMs: session.ttl.lifetimeMs,
        mustRefuse,
        now,
        emit,
      }),
      createReadTokenForm(server.readTimeoutMs),
    ),
    signSshCertificate: createSignSshCertificate({ authorizeCaller, mustRefuse, now, emit }),
    clock,
    certs: signer.certs,
    jwks: signer.jwks,
    authorizationServer: () => (sessions.ownTokens.areGiven() === false ? undefined : issuer),
  });
  const serveEndpoint = createServeEndpoint(endpoints);
  return (readiness) => createRespond({ readiness, serveEndpoint, refuse, showLauncher, personCookie });
}

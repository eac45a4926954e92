import { isReady, serverComponent } from '@latchkey/admin';
import type { Component, Readiness } from '@latchkey/admin';
import type { Authenticator } from '@latchkey/admission';
import { contractVersion, isOwnPathWith } from '@latchkey/contract';
import { clockFrom, trustPeers } from '@latchkey/http';
import type { CanonicalRequest, RunningServer } from '@latchkey/http';
import { deriveKeys, isOwnCookie, sharedFacts } from '@latchkey/session';
import type { ProxySettings } from '@latchkey/settings';
import { startTracing } from '@latchkey/telemetry';
import type { Audit } from '@latchkey/telemetry';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createAdmission } from './admission.ts';
import { createAskAuth } from './ask-auth.ts';
import { watchReach } from './auth-reach.ts';
import { createAskSts } from './authn/aws-role/ask-sts.ts';
import { createAwsRoleTokens } from './authn/aws-role/authenticator.ts';
import { createBearerAuthenticator } from './authn/bearer.ts';
import { createIdentifyConnector } from './authn/connector-credential.ts';
import { createIssuerTokens } from './authn/issuers/issuers.ts';
import { createWorkloadAuthenticator } from './authn/workload/authenticator.ts';
import { createWorkloadTokens } from './authn/workload/tokens.ts';
import { createServiceTokens } from './authn/service-token.ts';
import type { KnownSession } from './authn/session-state.ts';
import { createSessions } from './authn/sessions.ts';
import { createDeviceTrust } from './device-trust.ts';
import { createReadQuestion } from './forward-auth/question.ts';
import { createCompare } from './handshake/ask.ts';
import { createHandshake } from './handshake/handshake.ts';
import { createOpenExchanges } from './open-exchanges.ts';
import type { Signer } from './outgoing/signers/signer.ts';
import { createAnswers } from './respond/answers.ts';
import { createBeginAnswer } from './respond/begin-answer.ts';
import { listen } from './server/listen.ts';
import { createAddresses } from './sign-in/addresses.ts';
import { createStages } from './stages.ts';
import { startProxyTelemetry } from './telemetry/start.ts';
import { createArrivals } from './transport/connectors/arrivals.ts';
import { createTransport } from './transport/transport.ts';
import { upstreamComponent } from './upstream-file/file-in-force.ts';
import { groupsInForce } from './upstream-file/groups-in-force.ts';
import type { LiveTable } from './upstream-file/live-table.ts';
import type { UpstreamState } from './upstream-file/status.ts';
import { createAskOrigin } from './wait-for/ask-origin.ts';
import { waitForOrigins } from './wait-for/waiting.ts';

/** The proxy as it runs. */
export type RunningProxy = RunningServer & {
  readonly readiness: Readiness;
  /** Resolves when no application is waited for any more, or with why it was in vain. */
  readonly waited: Promise<string | undefined>;
};

/** Wires the stages together from settings and route table, and starts listening. */
export async function startProxy(options: {
  settings: ProxySettings;
  table: LiveTable;
  signer: Signer;
  log: Logger;
  /** for Prometheus, where it reads one */
  registry?: Registry;
  /** which upstream file is in force, for operators */
  upstream?: () => UpstreamState;
  /** closed with the proxy */
  audit?: Audit;
  /** for further kinds of credentials, asked before the session cookie */
  authenticators?: readonly Authenticator<KnownSession>[];
  /** the clock, for tests */
  now?: () => number;
  elapsed?: () => number;
}): Promise<RunningProxy> {
  const { settings, table, signer, log, registry, audit } = options;
  const clock = clockFrom(options);
  const { now, elapsed } = clock;
  const { client, provider, session } = settings;
  const { name, secure } = session.cookie;
  const { lifetimeMs } = session.ttl;
  const connectors = () => table.current().root.connectors;
  const transport = await createTransport({ settings, table, clock, log });
  const { emit, ...telemetry } = startProxyTelemetry({
    settings,
    registry,
    audit,
    log,
    elapsed,
    connectors: () =>
      new Map([...connectors().keys()].map((name) => [name, transport.connectors.count(name)])),
    upstream: options.upstream,
  });
  const onLost = (spans: number) => emit({ kind: 'spans_lost', spans });
  const tracer = await startTracing(settings.tracing, { log, onLost });

  const askAuthOnce = createAskAuth({ ...provider, client, tracer });
  const reach = watchReach(askAuthOnce, { elapsed, log });
  const { askAuth } = reach;
  const groups = groupsInForce(table);
  const issuer = provider.externalUrl.origin;
  const origin = (request: CanonicalRequest) => addresses.origin(request);
  const sessions = createSessions({ settings, ...reach, groups, issuer, origin, clock, log, emit });
  const { cookies, personCookie, ended } = sessions;
  const accounts = () => table.current().root.serviceAccounts;
  const askSts = createAskSts({ endpoint: settings.stsEndpoint, log, emit });
  const issuers = createIssuerTokens({ table, clock, log, emit });
  const workloadTokens = createWorkloadTokens(deriveKeys(session.cookie.secrets, 'workload token'), now);
  const serviceTokens = createServiceTokens({ accounts, now, emit });
  const awsRoles = createAwsRoleTokens({ accounts, origin, askSts, clock, emit });
  const tokens = [
    serviceTokens,
    awsRoles,
    sessions.byOwnToken,
    createWorkloadAuthenticator({ tokens: workloadTokens, accounts, origin, now, emit }),
    issuers,
  ];
  const facts = sharedFacts({ client, cookie: session.cookie });
  const handshake = createHandshake({
    compare: createCompare({
      askAuth,
      host: provider.externalUrl.host,
      own: () => ({ contract: contractVersion, ...facts, now: now() }),
      hear: (auth) => sessions.ownTokens.learn(auth.access_token_keys),
    }),
    emit,
    elapsed,
  });
  const addresses = createAddresses({
    externalUrl: provider.externalUrl,
    clientId: client.id,
    secure,
    keys: deriveKeys(client.secrets, 'return address'),
    isShared: cookies.isShared,
    lifetimeMs,
    now,
  });
  const { publicPorts, trustedProxies, deviceCertificates } = settings.server;
  const trust = trustPeers(trustedProxies);
  const deviceTrustOf = createDeviceTrust(trust, { deviceCertificates });
  const admission = createAdmission(
    {
      match: (host, port) => table.current().match(host, port),
      publicPorts,
      secure,
      scheme: (request) => addresses.scheme(request),
      isOwnPath: isOwnPathWith({ assertions: signer.assertions !== undefined }),
      // A new kind of credential is a file in `authn/` and a line here; a new kind of token, one among `tokens`.
      // Who says who they are is not asked what their browser attaches by itself.
      authenticators: [
        ...(options.authenticators ?? []),
        createBearerAuthenticator(tokens),
        sessions.authenticator,
      ],
      now,
    },
    emit,
  );
  const mustRefuse = () => audit?.mustRefuse() === true;
  const respondWith = createAnswers({
    settings,
    addresses,
    sessions,
    admission,
    askAuth,
    routes: () => table.current().routes,
    signer,
    issuer,
    deviceTrustOf,
    mustRefuse,
    workloads: { tokens: workloadTokens, verify: issuers.verify, findSecret: serviceTokens.find, accounts },
    emit,
    clock,
    log,
  });
  const { connectorsHost } = settings.server;
  const arrivals =
    connectorsHost === undefined
      ? undefined
      : createArrivals({
          host: connectorsHost,
          connectors,
          identify: createIdentifyConnector({
            serviceTokens,
            awsRoles,
            accounts,
            trust,
            scheme: (request) => addresses.scheme(request),
          }),
          pool: transport.connectors,
          task: transport.task,
          emit,
          log,
        });
  const open = createOpenExchanges({
    askAuth: askAuthOnce,
    table,
    ended,
    everyMs: session.ttl.validMs,
    elapsed,
    log,
  });

  const stages = createStages({
    trust,
    deviceTrustOf,
    admission,
    addresses,
    secure,
    isOwnCookie: (cookieName) => isOwnCookie(cookieName, name),
    renewCookie: (value, known) => cookies.issue(value, known.session),
    rememberPerson: (known) => personCookie.remember(known.session),
    emit,
    tracer,
    clock,
    assertions: signer.assertions && { ...signer.assertions, issuer },
  });
  const waiting = waitForOrigins({ table, ask: createAskOrigin(transport.connections), elapsed, log });
  function componentsOf(isRunning: boolean): readonly Component[] {
    const why = handshake.whyNotReady();
    const parts = [serverComponent(isRunning), { name: 'auth', isReady: why.length === 0, why }];
    if (!waiting.isAsked) return parts;
    const unanswered = waiting.why();
    return [...parts, { name: 'applications', isReady: unanswered.length === 0, why: unanswered }];
  }
  const server = await listen({
    settings,
    trust,
    parts: {
      stages,
      readQuestion: createReadQuestion({ trust, deviceTrustOf, routeFor: admission.routeFor }),
      beginAnswer: createBeginAnswer({ secure, cookies, origin }),
      admission,
      signer,
      mustRefuse,
      emit,
    },
    respondWith,
    componentsOf,
    arrivals,
    transport,
    open,
    table,
    elapsed,
  });
  await handshake.begin();
  const { upstream } = options;
  // Not what /ping tells everybody: it says which line of the file is wrong.
  const readiness = () => [
    ...componentsOf(server.ready()),
    ...(upstream === undefined ? [] : [upstreamComponent(upstream())]),
  ];
  return {
    ...server,
    readiness,
    waited: waiting.over,
    ready: () => isReady(readiness()),
    async stop() {
      handshake.end();
      waiting.end();
      await server.stop();
      open.close();
      arrivals?.close();
      await transport.close();
      await tracer?.close();
      await telemetry.close();
      await audit?.close();
    },
  };
}

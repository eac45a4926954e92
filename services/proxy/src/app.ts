import { isReady, serverComponent } from '@latchkey/admin';
import type { Component, Readiness } from '@latchkey/admin';
import { ownFacts } from '@latchkey/admission';
import type { Authenticator } from '@latchkey/admission';
import { contractVersion, isOwnPathWith } from '@latchkey/contract';
import { clockFrom, createProxyFor, createRateLimit, startServer, trustPeers } from '@latchkey/http';
import type { CanonicalRequest, RunningServer } from '@latchkey/http';
import { attemptCookies, deriveKeys, isOwnCookie, sealSignOutHint, sharedFacts } from '@latchkey/session';
import type { ProxySettings } from '@latchkey/settings';
import type { Logger } from 'pino';
import { startTracing } from '@latchkey/telemetry';
import type { Audit } from '@latchkey/telemetry';
import type { IncomingMessage } from 'node:http';
import type { Registry } from 'prom-client';
import { createAdmission } from './admission.ts';
import { createAskAuth } from './ask-auth.ts';
import { watchReach } from './auth-reach.ts';
import { createBearerAuthenticator } from './authn/bearer.ts';
import { createIssuerTokens } from './authn/issuers/issuers.ts';
import { createServiceTokens } from './authn/service-token.ts';
import { createSessions } from './authn/sessions.ts';
import { createEndpoints } from './endpoints/endpoints.ts';
import { createLimited } from './endpoints/limited.ts';
import { createLauncherOf, createPageOf } from './endpoints/launcher-address.ts';
import { createLauncher } from './endpoints/launcher.ts';
import { createServeEndpoint } from './endpoints/own-request.ts';
import { createAuthorizeCaller } from './endpoints/authorize-caller.ts';
import { createCompare } from './handshake/ask.ts';
import { createHandshake } from './handshake/handshake.ts';
import { createConnections } from './transport/pool/connections.ts';
import { createTlsCredentials } from './transport/tls/credentials.ts';
import { createDialer } from './transport/dial/dialer.ts';
import { createEventStreams } from './transport/http/event-streams.ts';
import { createTunnels } from './transport/websocket/tunnels.ts';
import { createForwardWebSocket } from './transport/websocket/forward.ts';
import { startProxyTelemetry } from './telemetry/start.ts';
import { createBeginAnswer } from './respond/begin-answer.ts';
import { createRefuse } from './respond/refuse.ts';
import { createRespond } from './respond/respond.ts';
import { createForwardAuth } from './forward-auth/answer.ts';
import { createHttpListener } from './server/http.ts';
import { createReadQuestion } from './forward-auth/question.ts';
import { sessionOf } from './exchange.ts';
import { createOngoing } from './ongoing.ts';
import { createUpgradeListener } from './server/websocket.ts';
import { followRevocations } from './authn/follow-revocations.ts';
import type { KnownSession } from './authn/session-state.ts';
import type { Exchange } from './exchange.ts';
import { createAddresses } from './sign-in/addresses.ts';
import { createCallback } from './sign-in/callback.ts';
import { createSignInLink } from './sign-in/link.ts';
import { createRedeem } from './sign-in/redeem.ts';
import { createStart } from './sign-in/start.ts';
import { createHeldBodies } from './outgoing/signers/held-bodies.ts';
import { createBodyReader } from './outgoing/signers/read-body.ts';
import { createSignForAws } from './outgoing/signers/aws-sigv4.ts';
import type { Signer } from './outgoing/signers/signer.ts';
import { createStages } from './stages.ts';
import type { LiveTable } from './upstream-file/live-table.ts';
import { upstreamComponent } from './upstream-file/file-in-force.ts';
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
  const { name, secure, secrets } = session.cookie;
  const { lifetimeMs } = session.ttl;
  const { emit, ...telemetry } = startProxyTelemetry({
    settings,
    registry,
    audit,
    log,
    elapsed,
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
  const tokens = [
    createServiceTokens({ accounts: () => table.current().root.serviceAccounts, now, emit }),
    sessions.byOwnToken,
    createIssuerTokens({ table, clock, log, emit }),
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
  const signOutHints = deriveKeys(client.secrets, 'sign-out hint');
  const { publicPorts, trustedProxies, deviceCertificates } = settings.server;
  const trust = trustPeers(trustedProxies);
  const vouchesForDevice = (req: IncomingMessage) => deviceCertificates && trust.isTrusted(req);
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
  const authorizeCaller = createAuthorizeCaller({
    authorize: admission.authorize,
    cookies,
    vouchesForDevice,
  });
  const routes = () => table.current().routes;
  const pageOf = createPageOf({ addresses, publicPorts });
  const launcherOf = createLauncherOf({ routes, pageOf });
  const refuse = createRefuse({
    addresses,
    launcherOf,
    cookies,
    personCookie,
    mustRefuse: () => audit?.mustRefuse() === true,
  });
  const showLauncher = createLauncher({
    routes,
    pageOf,
    accountHref: new URL('/account', provider.externalUrl).href,
    factsOf({ req }, request) {
      const said = {
        headers: req.headers,
        rawHeaders: req.rawHeaders,
        isDeviceVouched: vouchesForDevice(req),
      };
      return ownFacts(request, said, { readsAsked: true }, { now });
    },
  });
  const attempts = attemptCookies({ keys: deriveKeys(secrets, 'code attempt'), scope: { secure }, now });
  const limited = createLimited(createRateLimit({ perMinute: settings.server.requestsPerMinute, log }));
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
    clock,
    certs: signer.certs,
    jwks: signer.jwks,
    authorizationServer: () => (sessions.ownTokens.areGiven() === false ? undefined : issuer),
  });
  const dialer = createDialer({ ...settings.upstream, proxyFor: createProxyFor(settings.outgoing ?? {}) });
  const tls = createTlsCredentials({ table, log });
  const connections = createConnections({
    dialer,
    credentials: tls,
    perOrigin: settings.maxConnections,
    elapsed,
  });
  const ongoing = createOngoing({ everyMs: session.ttl.validMs, elapsed });
  const tunnels = createTunnels(ongoing);
  const eventStreams = createEventStreams();
  table.onReplace(() => void tunnels.recheck());
  function hasEndedSince(exchange: Exchange, moment: number): boolean {
    const known = sessionOf(exchange);
    return known !== undefined && ended.since(known.session, moment);
  }
  const revocations = followRevocations({
    askAuth: askAuthOnce,
    hear(told) {
      const heardAt = elapsed();
      for (const one of told) ended.add(one);
      if (told.length > 0) void ongoing.recheck((exchange) => hasEndedSince(exchange, heardAt));
    },
    log,
  });

  const stages = createStages({
    trust,
    vouchesForDevice,
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
  const readQuestion = createReadQuestion({ trust, vouchesForDevice, routeFor: admission.routeFor });
  const beginAnswer = createBeginAnswer({ secure, cookies, origin });
  const serveEndpoint = createServeEndpoint(endpoints);
  const signForAws = createSignForAws();
  const readBody = createBodyReader({ held: createHeldBodies(), graceMs: settings.server.readTimeoutMs });

  const waiting = waitForOrigins({ table, ask: createAskOrigin(connections), elapsed, log });
  function componentsOf(isRunning: boolean): readonly Component[] {
    const why = handshake.whyNotReady();
    const parts = [serverComponent(isRunning), { name: 'auth', isReady: why.length === 0, why }];
    if (!waiting.isAsked) return parts;
    const unanswered = waiting.why();
    return [...parts, { name: 'applications', isReady: unanswered.length === 0, why: unanswered }];
  }
  const server = await startServer(
    ({ ready }) => {
      const respond = createRespond({
        readiness: () => componentsOf(ready()),
        serveEndpoint,
        refuse,
        showLauncher,
        personCookie,
      });
      const forwardAuth = createForwardAuth({ stages, respond, beginAnswer });
      const both = {
        stages,
        respond,
        readQuestion,
        forwardAuth,
        beginAnswer,
        connections,
        signer,
        signForAws,
        admission,
        emit,
      };
      const { passInterim } = settings.server;
      return {
        request: createHttpListener({ ...both, ongoing, eventStreams, readBody, passInterim }),
        upgrade: createUpgradeListener({
          ...both,
          table: () => table.current(),
          forwardWebSocket: createForwardWebSocket(dialer),
          tunnels,
          hasEndedSince,
          elapsed,
        }),
      };
    },
    {
      port: settings.server.port,
      address: settings.server.address,
      http2: settings.server.http2,
      timeouts: {
        readMs: settings.server.readTimeoutMs,
        writeMs: settings.server.writeTimeoutMs,
        requestMs: 0,
        drainMs: settings.server.drainMs,
        shutdownMs: settings.server.shutdownTimeoutMs,
      },
      onStop() {
        tunnels.close();
        eventStreams.close();
      },
    },
  );
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
      revocations.close();
      ongoing.close();
      await connections.close();
      tls.close();
      await tracer?.close();
      await telemetry.close();
      await audit?.close();
    },
  };
}

// The same list as long as it holds the same groups: another one makes auth be asked about every session again.
function groupsInForce(table: LiveTable): () => readonly string[] {
  let { groups } = table.current();
  table.onReplace((next) => {
    if (JSON.stringify(next.groups) !== JSON.stringify(groups)) ({ groups } = next);
  });
  return () => groups;
}

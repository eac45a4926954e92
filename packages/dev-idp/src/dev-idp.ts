import { once } from 'node:events';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';
import { demoAccounts, type Account } from './accounts.ts';
import { wellBehaved, type Behaviour, type EndpointName } from './behaviour.ts';
import { paths, providerConfiguration, type Deliver, type DevClient } from './configuration.ts';
import { front } from './front.ts';
import { openJournal } from './journal.ts';

export type DevIdpOptions = {
  /** 0 takes any free port. */
  port: number;
  /** The address to listen on, `127.0.0.1` by default. */
  host?: string;
  /** What the provider calls itself, `http://127.0.0.1:<port>` by default. */
  issuer?: string;
  clients: readonly DevClient[];
  /** The people, `demoAccounts` by default. */
  accounts?: readonly Account[];
  behaviour?: Partial<Behaviour>;
  /** How it reaches clients that have a `backchannelLogoutUri`; without it they hear nothing. */
  deliver?: Deliver;
  /** A file in which it keeps what it knows, so that it knows it again when it is killed and started anew. */
  journal?: string;
};

export type DevIdp = {
  issuer: string;
  /** Absolute addresses of the endpoints. */
  endpoints: Record<EndpointName, string>;
  /** A copy of the people that were given. Changes, say of `groups`, show at the next question. */
  accounts: Account[];
  /** May be changed at any time. */
  behaviour: Behaviour;
  /** How often each endpoint was asked. May be set back to 0. */
  requests: Record<EndpointName, number>;
  /** Stops listening and drops what is open. May be called twice. */
  close(): Promise<void>;
};

/**
 * Starts an OpenID provider that keeps everything in memory and asks for no passwords, for the demo and the tests.
 * Rejects where the port cannot be had (`EADDRINUSE`).
 */
export async function startDevIdp(options: DevIdpOptions): Promise<DevIdp> {
  const accounts = structuredClone([...(options.accounts ?? demoAccounts)]);
  const behaviour = { ...wellBehaved(), ...options.behaviour };
  const { clients, deliver } = options;
  const journal = options.journal === undefined ? undefined : openJournal(options.journal);
  const configuration = await providerConfiguration(clients, accounts, { behaviour, deliver, journal });

  const server = createServer();
  const host = options.host ?? '127.0.0.1';
  server.listen(options.port, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  const issuer = options.issuer ?? `http://${host}:${port}`;

  const at = (path: string): string => new URL(path, issuer).href;

  const provider = new Provider(issuer, configuration);
  provider.silent = true;
  const requests = {
    authorization: 0,
    token: 0,
    userinfo: 0,
    revocation: 0,
    endSession: 0,
    jwks: 0,
    discovery: 0,
  };
  const closing = new AbortController();
  server.on('request', front({ provider, accounts, behaviour, requests, closing: closing.signal }));

  return {
    issuer,
    endpoints: {
      authorization: at(paths.authorization),
      token: at(paths.token),
      userinfo: at(paths.userinfo),
      revocation: at(paths.revocation),
      endSession: at(paths.endSession),
      jwks: at(paths.jwks),
      discovery: at(paths.discovery),
    },
    accounts,
    behaviour,
    requests,
    async close() {
      closing.abort();
      server.closeAllConnections();
      if (server.listening) await server[Symbol.asyncDispose]();
    },
  };
}

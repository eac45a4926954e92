import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import * as oidc from 'openid-client';
import type { Io } from '../io.ts';
import { ownAddress, oauthErrorOf, saying } from './auth.ts';
import { Failure } from '../exit.ts';
import { parametersOf } from './granted.ts';
import type { Granted, Wish } from './granted.ts';

const longestMs = 5 * 60_000;

/**
 * Opens a browser of this machine, and waits for what it brings back to a port here (RFC 8252, with the proof of RFC 7636).
 *
 * @throws Failure
 */
export async function signInByLoopback(config: oidc.Configuration, wish: Wish, io: Io): Promise<Granted> {
  const issuer = new URL(config.serverMetadata().issuer);
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const arrival = await listenForArrival(state);
  try {
    const parameters = {
      ...parametersOf(wish),
      redirect_uri: arrival.address,
      state,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    };
    const page = ownAddress(oidc.buildAuthorizationUrl(config, parameters).href, config);
    if (page === undefined)
      throw new Failure(`${issuer.origin} names a sign-in page on another server, which is not opened`);
    io.stderr(`Opening your browser. If nothing happens, open this address:\n\n    ${page.href}\n\n`);
    io.openBrowser?.(page.href);
    const arrived = await arrival.arrived;
    return await oidc.authorizationCodeGrant(
      config,
      arrived,
      { pkceCodeVerifier, expectedState: state },
      { resource: wish.resource },
    );
  } catch (error) {
    if (oauthErrorOf(error) === 'access_denied') throw new Failure('it was refused in the browser');
    return await saying(issuer, () => Promise.reject(error));
  } finally {
    arrival.close();
  }
}

type Arrival = { readonly address: string; readonly arrived: Promise<URL>; close(): void };

// Only of this machine, on a port that nobody can know before. Whatever else comes there is not looked at.
async function listenForArrival(state: string): Promise<Arrival> {
  const { promise: arrived, resolve, reject } = Promise.withResolvers<URL>();
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  const address = `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}/callback`;
  const late = setTimeout(() => {
    reject(new Failure('nobody came back from the browser in time'));
  }, longestMs);
  // It may be late when nobody waits for it any more.
  arrived.catch(() => undefined);

  function answer(req: IncomingMessage, res: ServerResponse): void {
    const url = URL.parse(req.url ?? '', address);
    const isOurs =
      req.method === 'GET' && url?.pathname === '/callback' && url.searchParams.get('state') === state;
    res.writeHead(isOurs ? 200 : 404, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'",
      connection: 'close',
    });
    res.end(isOurs ? 'Go on in the terminal. You can close this tab.\n' : 'There is nothing here.\n');
    if (isOurs) resolve(url);
  }

  return {
    address,
    arrived,
    close() {
      clearTimeout(late);
      server.close();
      server.closeAllConnections();
    },
  };
}

import { demoAccounts, startDevIdp, wellBehaved } from '@latchkey/dev-idp';
import type { DevIdp } from '@latchkey/dev-idp';
import { introspectionPath } from '@latchkey/contract';
import { createLog } from '@latchkey/telemetry';
import type { Registry } from '@latchkey/telemetry';
import { deriveKeys, codeRequestParameters, signReturnAddress } from '@latchkey/session';
import type { CodeRequest } from '@latchkey/session';
import { loadAuthSettings } from '@latchkey/settings';
import type { AuthSettings } from '@latchkey/settings';
import { randomBytes } from 'node:crypto';
import supertest from 'supertest';
import { startAuth } from '../src/app.ts';
import type { Strangers } from '../src/authorization-server/document/documents.ts';
import type { JsonObject } from '../src/json.ts';
import { Browser } from '@latchkey/testing/browser';
import type { Hop } from '@latchkey/testing/browser';
import { startUp } from '@latchkey/testing/environments';

export const ssoOrigin = 'https://sso.corp.example.com';
export const wiki = 'https://wiki.corp.example.com/pages/1?x=2&y=%2F';
export const client = { id: 'proxy', secret: 'the secret of both which is long enough' };
/** The two kinds of provider, by slug. */
export const slugs = ['google', 'okta'];
export const sessionCookieName = '__Secure-_sso_proxy';

const idpClient = { clientId: 'latchkey', clientSecret: 'known to the provider' };

/** Auth in front of a provider with demo people, both listening; their clocks are apart. */
export type Rig = {
  readonly idp: DevIdp;
  readonly settings: AuthSettings;
  readonly port: number;
  /** where there is one */
  readonly internalPort: number | undefined;
  /** auth's clock, milliseconds; tests move it */
  readonly clock: { now: number };
  /** what auth has logged so far, a JSON text per line */
  readonly log: readonly string[];
  /** the logout tokens that the provider has brought here, each as the form that it was in */
  readonly logoutForms: readonly string[];
  browser(): Browser;
  /** a request of a program, which keeps no cookies; to the port of browsers, unless another one is named */
  ask(method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT', path: string, port?: number): supertest.Test;
  /** the address that the proxy sends a browser to */
  signInUrl(target?: string, options?: { slug?: string; reason?: string; codeRequest?: CodeRequest }): string;
  /** a signed path of auth, other than sign_in */
  signedUrl(path: string, target: string): string;
  /** signs in and gives the answer that leads back to the application */
  signIn(browser: Browser, email: string, options?: { slug?: string; target?: string }): Promise<Hop>;
  /** from the provider's page on: chooses an account, and stops before leaving auth and the provider */
  chooseAccount(browser: Browser, page: Hop, email: string): Promise<Hop>;
  /** as `chooseAccount`, but stops before auth's callback is asked; gives its address */
  callbackFor(browser: Browser, page: Hop, email: string): Promise<string>;
  introspect(form: Record<string, string | string[]>, headers?: Record<string, string>): Promise<Answer>;
  /** puts the provider back into good health, and forgets the log */
  heal(): void;
  close(): Promise<void>;
};

export type Answer = { readonly status: number; readonly body: JsonObject };

type RigOptions = {
  env?: Record<string, string> | ((idp: DevIdp) => Record<string, string>);
  providerTimeoutMs?: number;
  /** how auth reaches those whom programs name */
  strangers?: Strangers;
  /** where auth counts for Prometheus */
  registry?: Registry;
  /** another task of the same auth: with its settings, its clock and its provider, which that one closes */
  besides?: Rig;
};

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  if (options.besides !== undefined) return rigInFrontOf(options.besides.idp, options);
  const registered = [...slugs, 'second'];
  const redirectUris = registered.map((slug) => `${ssoOrigin}/${slug}/callback`);
  const postLogoutRedirectUris = registered.map((slug) => `${ssoOrigin}/${slug}/sign_out`);
  const backchannelLogoutUri = `${ssoOrigin}/okta/backchannel_logout`;
  let rig: Rig | undefined;
  const logoutForms: string[] = [];
  const idp = await startDevIdp({
    port: 0,
    clients: [{ ...idpClient, redirectUris, postLogoutRedirectUris, backchannelLogoutUri }],
    async deliver(uri, form) {
      logoutForms.push(form);
      return (await rig?.browser().fetch(uri, formOf(form)))?.status ?? 503;
    },
  });
  try {
    rig = { ...(await rigInFrontOf(idp, options)), logoutForms };
    return rig;
  } catch (error) {
    await idp.close();
    throw error;
  }
}

async function rigInFrontOf(
  idp: DevIdp,
  { env = {}, providerTimeoutMs, strangers, registry, besides }: RigOptions,
): Promise<Rig> {
  const settings = besides?.settings ?? settingsFor(idp, typeof env === 'function' ? env(idp) : env);
  const clock = besides?.clock ?? { now: Date.now() };
  const log: string[] = [];
  const auth = await startAuth({
    settings,
    log: createLog({
      service: 'auth',
      level: 'debug',
      destination: { write: (line) => void log.push(line) },
    }),
    now: () => clock.now,
    ...(providerTimeoutMs !== undefined && { providerTimeoutMs }),
    ...(strangers !== undefined && { strangers }),
    ...(registry !== undefined && { registry }),
  });
  const browsers: Browser[] = [];
  function browserAt(port: number): Browser {
    const one = new Browser({ ports: { [new URL(ssoOrigin).hostname]: port }, follow: false });
    browsers.push(one);
    return one;
  }
  const browser = () => browserAt(auth.port);
  const [key] = deriveKeys([client.secret], 'return address');
  const signed = (target: string, codeRequest?: CodeRequest) =>
    new URLSearchParams(signReturnAddress(target, key, clock.now, { codeRequest }));

  // A provider that knows the browser already shows no page.
  async function choose(
    browser: Browser,
    page: Hop,
    email: string,
    goOn: (next: URL) => boolean,
  ): Promise<Hop> {
    const account = idp.accounts.find((one) => one.email === email)?.sub ?? '';
    const chooser = await browser.follow(page, goOn);
    if (!new URL(chooser.url).pathname.startsWith('/sign-in/')) return chooser;
    return browser.follow(await browser.visit(chooser.url, { form: { account } }), goOn);
  }

  const rig: Rig = {
    idp,
    settings,
    port: auth.port,
    internalPort: auth.internalPort,
    clock,
    log,
    logoutForms: [],
    browser,

    ask: (method, path, port = auth.port) =>
      new supertest.Test(`http://127.0.0.1:${port}`, method, path).set({ host: new URL(ssoOrigin).host }),

    signInUrl(target = wiki, { slug = 'google', reason, codeRequest } = {}) {
      const parameters = signed(target, codeRequest);
      for (const [name, value] of Object.entries(codeRequest ? codeRequestParameters(codeRequest) : {})) {
        parameters.set(name, value);
      }
      parameters.set('client_id', client.id);
      if (reason !== undefined) parameters.set('reason', reason);
      return `${ssoOrigin}/${slug}/sign_in?${parameters.toString()}`;
    },

    signedUrl: (path, target) => `${ssoOrigin}${path}?${signed(target).toString()}`,

    async signIn(browser, email, { slug = 'google', target = wiki } = {}) {
      const first = await browser.visit(rig.signInUrl(target, { slug }));
      return rig.chooseAccount(browser, first, email);
    },

    chooseAccount: (browser, page, email) => choose(browser, page, email, stays),

    async callbackFor(browser, page, email) {
      return (await choose(browser, page, email, beforeCallback)).location ?? '';
    },

    async introspect(form, headers = basic(client.id, client.secret)) {
      const fields = Object.entries(form).flatMap(([name, values]) =>
        [values].flat().map((value): [string, string] => [name, value]),
      );
      const { status, body } = await rig
        .ask('POST', introspectionPath, auth.internalPort)
        .set(headers)
        .send(new URLSearchParams(fields).toString());
      return { status, body };
    },

    heal() {
      const { behaviour, requests, accounts } = idp;
      Object.assign(behaviour, wellBehaved());
      Object.assign(requests, { authorization: 0, token: 0, userinfo: 0, revocation: 0 });
      accounts.splice(0, accounts.length, ...structuredClone([...demoAccounts]));
      log.length = 0;
    },

    async close() {
      await Promise.all(browsers.map((one) => one.close()));
      await Promise.all([auth.stop(), besides === undefined && idp.close()]);
    },
  };
  return rig;
}

/** A form, as a server sends it. */
export function formOf(body: string) {
  return { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
}

function stays({ hostname }: URL): boolean {
  return hostname === '127.0.0.1' || hostname === new URL(ssoOrigin).hostname;
}

function beforeCallback(next: URL): boolean {
  return stays(next) && !next.pathname.endsWith('/callback');
}

export function basic(id: string, secret: string): Record<string, string> {
  const pair = [id, secret].map((part) => encodeURIComponent(part).replaceAll('%20', '+')).join(':');
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function settingsFor(idp: DevIdp, env: Record<string, string>): AuthSettings {
  const settings = startUp(
    loadAuthSettings({
      SERVER_HOST: new URL(ssoOrigin).host,
      SESSION_KEY: randomBytes(32).toString('base64'),
      SESSION_COOKIE_SECRET: randomBytes(32).toString('base64'),
      SESSION_COOKIE_DOMAIN: 'corp.example.com',
      CLIENT_PROXY_ID: client.id,
      CLIENT_PROXY_SECRET: client.secret,
      AUTHORIZE_PROXY_DOMAINS: 'example.com',
      AUTHORIZE_EMAIL_DOMAINS: 'example.com',
      PROVIDER_G_TYPE: 'google',
      PROVIDER_G_SLUG: 'google',
      PROVIDER_G_CLIENT_ID: idpClient.clientId,
      PROVIDER_G_CLIENT_SECRET: idpClient.clientSecret,
      PROVIDER_G_GOOGLE_AUTHORIZATION_URL: idp.endpoints.authorization,
      PROVIDER_G_GOOGLE_TOKEN_URL: idp.endpoints.token,
      PROVIDER_G_GOOGLE_USERINFO_URL: idp.endpoints.userinfo,
      PROVIDER_G_GOOGLE_REVOCATION_URL: idp.endpoints.revocation,
      PROVIDER_O_TYPE: 'oidc',
      PROVIDER_O_SLUG: 'okta',
      PROVIDER_O_NAME: 'Okta',
      PROVIDER_O_CLIENT_ID: idpClient.clientId,
      PROVIDER_O_CLIENT_SECRET: idpClient.clientSecret,
      PROVIDER_O_OIDC_ISSUER: idp.issuer,
      ...env,
    }),
  );
  // Any free port: the host that browsers name has none.
  settings.server.port = 0;
  if (settings.server.internalPort !== undefined) settings.server.internalPort = 0;
  return settings;
}

import { authorizationServerPaths as paths, commandLineClient, tokenPath } from '@latchkey/contract';
import { codeChallengeOf } from '@latchkey/session';
import type { Browser } from '@latchkey/testing/browser';
import { randomBytes } from 'node:crypto';
import { ssoOrigin } from './rig.ts';
import type { Answer, Rig } from './rig.ts';

export { newTokenKey } from '@latchkey/testing/environments';

export const sameOrigin = { 'sec-fetch-site': 'same-origin' };
export const app = 'https://wiki.corp.example.com';
export const loopback = 'http://127.0.0.1:51234/callback';

/** The value of a hidden field of a page. */
export function fieldOf(body: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1] ?? '';
}

/** A program that asks auth, as the command line does. */
export type Program = {
  /** where it sends the browser, and the secret that redeems the code */
  authorizeUrl(parameters?: Record<string, string | undefined>): { url: string; verifier: string };
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  token(form: Record<string, string>): Promise<Answer>;
  /** lets a person who is signed in approve, and gives what the program is sent */
  approve(browser: Browser, url: string, decision?: string): Promise<URLSearchParams>;
  /** all of it: the tokens of a person who is signed in */
  login(browser: Browser, parameters?: Record<string, string>): Promise<Answer>;
};

export function programAt(rig: Rig): Program {
  const program: Program = {
    authorizeUrl(parameters = {}) {
      const verifier = randomBytes(32).toString('base64url');
      const url = new URL(paths.authorize, ssoOrigin);
      const asked = {
        response_type: 'code',
        client_id: commandLineClient,
        redirect_uri: loopback,
        state: 'a state',
        code_challenge: codeChallengeOf(verifier),
        code_challenge_method: 'S256',
        resource: `${app}/pages/1`,
        scope: 'read write',
        ...parameters,
      };
      for (const [name, value] of Object.entries(asked)) {
        if (value !== undefined) url.searchParams.set(name, value);
      }
      return { url: url.href, verifier };
    },
    async post(path, form, headers = {}) {
      return rig.ask('POST', path).set(headers).send(new URLSearchParams(form).toString());
    },
    token: (form) => program.post(tokenPath, { client_id: commandLineClient, ...form }),
    async approve(browser, url, decision = 'approve') {
      const page = await browser.visit(url);
      const form = { approval: fieldOf(page.body, 'approval'), decision };
      const { headers } = await browser.visit(ssoOrigin + paths.approve, { form, headers: sameOrigin });
      return new URL(String(headers['refresh']).replace('0; url=', '')).searchParams;
    },
    async login(browser, parameters) {
      const { url, verifier } = program.authorizeUrl(parameters);
      const code = (await program.approve(browser, url)).get('code') ?? '';
      const redirectUri = new URL(url).searchParams.get('redirect_uri') ?? '';
      return program.token({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      });
    },
  };
  return program;
}

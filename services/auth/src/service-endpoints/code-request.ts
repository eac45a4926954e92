import type { IncomingHttpHeaders } from 'node:http';
import { isCodeRequest } from '@latchkey/session';
import type { CodeRequest } from '@latchkey/session';
import type { Parameters } from '../web/parameters.ts';

/**
 * What a sign-in link asks for: with `response_type=code` the session is to be handed over (RFC 6749, section 4.1.1, with
 * RFC 7636), without it the shared cookie is enough.
 *
 * @returns undefined for the shared cookie; `malformed` for a request for a code without state or without an S256 challenge
 */
export function requestedCode(parameters: Parameters): CodeRequest | 'malformed' | undefined {
  const type = parameters.one('response_type');
  if (type === undefined) return undefined;
  const codeRequest = {
    state: parameters.one('state') ?? '',
    codeChallenge: parameters.one('code_challenge') ?? '',
  };
  const isOurs =
    type === 'code' && parameters.one('code_challenge_method') === 'S256' && isCodeRequest(codeRequest);
  return isOurs ? codeRequest : 'malformed';
}

/**
 * Tells whether a browser that asks for a code for an application has come through that application's host, so that the
 * code is for the attempt that began in it. Anybody can begin an attempt, and send other people's browsers here with it.
 *
 * Fetch Metadata tells of no page where the person typed the address, and of ours where they pressed a button of ours.
 * After any other page the proxy puts one of the application's host between, which `Referer` then names. Browsers that
 * send no Fetch Metadata are believed: what they come with cannot be distinguished from what they should.
 *
 * @param target a URL of the application
 */
export function beganThere(headers: IncomingHttpHeaders, target: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'none' || site === 'same-origin') return true;
  return URL.parse(headers.referer ?? '')?.origin === new URL(target).origin;
}

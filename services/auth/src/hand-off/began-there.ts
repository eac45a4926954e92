import type { IncomingHttpHeaders } from 'node:http';

/**
 * Tells whether a browser that asks for a code for an application has come through that application's host, so that the
 * code is for the attempt that began in it. Anybody can begin an attempt, and send other people's browsers here with it.
 *
 * Fetch Metadata tells of no page where the person typed the address, and of ours where they pressed a button of ours.
 * After any other page the proxy puts one of the application's host between, which `Referer` then names. Browsers that
 * send no Fetch Metadata are believed: what they come with cannot be told from what they should.
 *
 * @param target a URL of the application
 */
export function beganThere(headers: IncomingHttpHeaders, target: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'none' || site === 'same-origin') return true;
  return URL.parse(headers.referer ?? '')?.origin === new URL(target).origin;
}

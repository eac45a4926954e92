import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { IncomingMessage } from 'node:http';
import { escapeHtml } from './page.ts';

/** Where the keys of assertions are, who signs them, and the addresses of the application. */
export type Trust = {
  readonly jwks: URL;
  readonly issuer: string;
  readonly audiences: readonly string[];
};

/** Shows what the assertion of a request says, or why it is not believed. */
export type AssertionSection = (request: IncomingMessage) => Promise<string>;

/** What every application can do that wants to know who asks without trusting the network: ten lines and a public key. */
export function createAssertionSection({ jwks, issuer, audiences }: Trust): AssertionSection {
  const keys = createRemoteJWKSet(jwks);
  const wanted = { issuer, audience: [...audiences], algorithms: ['ES256'], typ: 'latchkey+jwt' };

  return async function assertionSection({ headers }) {
    const token = headers['x-latchkey-jwt-assertion'];
    if (typeof token !== 'string') return section('<p>No assertion came with this request.</p>');
    try {
      const { payload } = await jwtVerify(token, keys, wanted);
      return section(
        `<p>The signature is good, and it is meant for this application.</p>\n${table(payload)}`,
      );
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return section(`<p>The assertion is not believed: ${escapeHtml(why)}.</p>`);
    }
  };
}

function section(content: string): string {
  return `<section>\n<h2>What it could verify</h2>\n${content}\n</section>`;
}

function table(claims: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(claims).map(
    ([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(said(value))}</td></tr>`,
  );
  return `<table>\n${rows.join('\n')}\n</table>`;
}

function said(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

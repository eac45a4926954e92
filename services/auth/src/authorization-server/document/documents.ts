import { call, CallError, HttpError, upTo } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import type { LookupFunction } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { LRUCache } from 'lru-cache';
import { Agent } from 'undici';
import { readDocument } from './read-document.ts';
import type { ClientDocument } from './read-document.ts';

/** How connections to those whom strangers name are opened: where names lead, and whose certificates count. */
export type Strangers = Pick<ConnectionOptions, 'ca'> & {
  readonly lookup: LookupFunction;
  /** for tests: what runs there cannot listen at 443 */
  readonly dangerouslyAtAnyPort?: true;
};

/** Knows what programs say of themselves at the addresses that are their ids. */
export type ClientDocuments = {
  /**
   * @param person the e-mail address of who is shown it
   * @throws HttpError `invalid_client`, `overloaded`
   */
  at(address: URL, person: string): Promise<ClientDocument>;
};

type Asking = { readonly host: string; readonly person: string; readonly answer: Promise<ClientDocument> };

// OAuth Client ID Metadata Document, section 6.6.
const longestDocument = 5 * 1024;
const longestWaitMs = 5_000;
const keptDocuments = 200;
const keptMs = 600_000;
const mostAtOnce = 8;
const mostOfOneHost = 2;
const mostOfOnePerson = 2;

/**
 * Makes it. A stranger chooses what is asked, so the connection goes to the internet alone, to the port of HTTPS, and never through
 * `HTTPS_PROXY`, which would look the name up once more. A server that never answers takes few of the places, and so does a person who
 * asks for many of them. What is no document is not kept (section 4.3).
 */
export function createClientDocuments(
  { dangerouslyAtAnyPort, ...connect }: Strangers,
  { elapsed }: Pick<Clock, 'elapsed'>,
): ClientDocuments {
  const kept = new LRUCache<string, { readonly document: ClientDocument; readonly at: number }>(
    upTo(keptDocuments),
  );
  const asked = new Map<string, Asking>();

  async function ask(address: URL): Promise<ClientDocument> {
    // With it a connection wants all addresses of a name, in the form in which the lookup gives them.
    const agent = new Agent({ connect: { ...connect, autoSelectFamily: true } });
    try {
      const answer = await call({
        url: address,
        method: 'GET',
        headers: { accept: 'application/json' },
        timeoutMs: longestWaitMs,
        longest: longestDocument,
        dispatcher: agent,
      });
      const document = readDocument(answer, address.href);
      if (typeof document === 'string') throw refused(document);
      kept.set(address.href, { document, at: elapsed() });
      return document;
    } catch (error) {
      throw error instanceof CallError ? refused(`it cannot be had: ${error.reason}`) : error;
    } finally {
      void agent.destroy();
    }
  }

  function isTooMuch(host: string, person: string): boolean {
    const all = [...asked.values()];
    return (
      all.length >= mostAtOnce ||
      all.filter((one) => one.host === host).length >= mostOfOneHost ||
      all.filter((one) => one.person === person).length >= mostOfOnePerson
    );
  }

  return {
    async at(address, person) {
      const { href, hostname: host, port } = address;
      if (port !== '' && dangerouslyAtAnyPort !== true) {
        throw refused(`it is at the port ${port}, and is read at 443 alone`);
      }
      const before = kept.get(href);
      if (before !== undefined && elapsed() - before.at < keptMs) return before.document;
      const pending = asked.get(href);
      if (pending !== undefined) return pending.answer;
      if (isTooMuch(host, person)) throw new HttpError('overloaded', { headers: { 'Retry-After': '5' } });
      const answer = ask(address).finally(() => asked.delete(href));
      asked.set(href, { host, person, answer });
      return answer;
    },
  };
}

function refused(why: string): HttpError {
  return new HttpError('invalid_client', { detail: `the document that client_id names: ${why}` });
}

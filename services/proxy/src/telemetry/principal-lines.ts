import { nameOf } from '@latchkey/access';
import type { Machine, Person, Principal } from '@latchkey/access';
import type { PrincipalLine } from '@latchkey/contract';
import { upTo } from '@latchkey/http';
import type { Emit } from '@latchkey/telemetry';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { ProxyEvent } from './events.ts';

// Often enough that a log of a day, or what is left of one, says it.
const againAfterMs = 3_600_000;
// What is forgotten is said again.
const most = 10_000;

/**
 * Writes what is known of those who send requests: when that is new, and once an hour, so that the line of each request need
 * not say it. `latchkey replay` decides by it.
 *
 * @param elapsed milliseconds that never jump
 */
export function principalLines(log: Logger, elapsed: () => number): Emit<ProxyEvent> {
  // What is learnt of a principal makes another value of it: one that was looked at says nothing new until the hour is over.
  let looked = new WeakSet<Principal>();
  let lookedSince = elapsed();
  const said = new LRUCache<string, { readonly text: string; readonly at: number }>(upTo(most));

  return function writePrincipal(event) {
    if (event.kind !== 'request') return;
    const { principal } = event.record;
    if (principal === undefined || principal.kind === 'visitor' || looked.has(principal)) return;
    const now = elapsed();
    if (now - lookedSince >= againAfterMs) {
      looked = new WeakSet();
      lookedSince = now;
    }
    looked.add(principal);
    const line = lineOf(principal);
    const key = JSON.stringify([line.user, line.client_id, line.issuer]);
    const text = JSON.stringify(line);
    const before = said.get(key);
    if (before !== undefined && before.text === text && now - before.at < againAfterMs) return;
    said.set(key, { text, at: now });
    log.info(line, 'principal');
  };
}

function lineOf(principal: Person | Machine): PrincipalLine {
  const { kind, groups, client: client_id, issuer } = principal;
  const subject = principal.kind === 'machine' ? principal.subject : undefined;
  return { user: nameOf(principal) ?? '', kind, groups: groups && [...groups], client_id, issuer, subject };
}

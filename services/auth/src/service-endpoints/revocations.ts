import { readRevocationsForm, revocationsAtOnce, revocationsHeldMs } from '@latchkey/contract';
import type { Revocation, RevocationsResponse } from '@latchkey/contract';
import { HttpError, replyJson } from '@latchkey/http';
import type { ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { RecentEnds } from '../revocation/recent-ends.ts';
import type { Ended } from '../revocation/revocations.ts';
import type { Handler } from '../web/locals.ts';
import { formParameters } from '../web/parameters.ts';

/** Tells the proxy of sessions that have ended, without being asked about any of them. */
export type RevocationsEndpoint = {
  readonly answer: Handler;
  /** Answers those that wait, and lets nobody wait from now on. */
  readonly close: () => void;
};

type Waiter = { readonly look: () => void; readonly leave: () => void };

// A task of the proxy asks one question at a time. Each costs a connection and nothing else.
const heldAtOnce = 200;

/**
 * `POST /oauth2/revocations`: what was ended after what the proxy heard of last, as soon as there is something, or nothing
 * after a while. It makes ends known sooner; that a session stands is known by `/oauth2/introspect` alone.
 *
 * @param options.heldMs how long nothing is waited for
 */
export function createRevocationsEndpoint(
  recent: Pick<RecentEnds, 'after' | 'onAdd'>,
  { heldMs = revocationsHeldMs, atOnce = heldAtOnce } = {},
): RevocationsEndpoint {
  const waiting = new Set<Waiter>();
  let isClosed = false;
  recent.onAdd(() => waiting.forEach(({ look }) => look()));

  function somethingNew(after: string | undefined, res: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      function leave(): void {
        waiting.delete(waiter);
        clearTimeout(timer);
        res.off('close', leave);
        resolve();
      }
      const waiter: Waiter = {
        leave,
        look: () => void (recent.after(after, 1).ends.length > 0 && leave()),
      };
      const timer = setTimeout(leave, heldMs);
      res.once('close', leave);
      waiting.add(waiter);
    });
  }

  return {
    async answer(req, res) {
      const after = readRevocationsForm(formParameters(req.body));
      if (!isClosed && recent.after(after, 1).ends.length === 0) {
        if (waiting.size >= atOnce) throw new HttpError('too_many_requests', { detail: 'too many listen' });
        const heldSince = performance.now();
        await somethingNew(after, res);
        res.locals.heldMs = performance.now() - heldSince;
      }
      const { ends, id } = recent.after(after, revocationsAtOnce);
      const answer: RevocationsResponse = {
        revocations: ends.map(inTheirWords),
        ...(id !== undefined && { after: id }),
      };
      replyJson(res, 200, answer);
    },
    close() {
      isClosed = true;
      for (const { leave } of waiting) leave();
    },
  };
}

function inTheirWords({ account, sid, signedInAt }: Ended): Revocation {
  return sid === undefined ? { whose: account, signed_in_until: signedInAt } : { sid };
}

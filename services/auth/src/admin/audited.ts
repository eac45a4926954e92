import { operatorClaim, operatorClaimHeader } from '@latchkey/contract';
import { HttpError, replyJson } from '@latchkey/http';
import type { Emit } from '@latchkey/telemetry';
import type { Request } from 'express';
import type { AuthEvent, OperatorAction } from '../telemetry/events.ts';
import type { Handler } from '../web/locals.ts';

/** What an operator has done: what is written down of it, and the answer. */
export type Done = { readonly outcome: Record<string, number | boolean>; readonly answer: object };

/**
 * A handler for operators. Whatever comes of a request leaves an audit line: who asked, as far as that is known, for what, and
 * what came of it.
 *
 * @param read what they want, before anything is done
 * @throws HttpError what `read` and `act` throw
 */
export function audited<Wish extends object>(
  action: OperatorAction['action'],
  read: (req: Request) => Wish,
  act: (wish: Wish) => Promise<Done>,
  { emit }: { readonly emit: Emit<AuthEvent> },
): Handler {
  return async function answerOperator(req, res) {
    const { line } = res.locals;
    const wish = read(req);
    const event = { kind: 'operator', line, action, wish, claim: claimOf(req) } as const;
    try {
      const { outcome, answer } = await act(wish);
      emit({ ...event, outcome });
      replyJson(res, 200, answer);
    } catch (error) {
      const code = error instanceof HttpError ? error.code : 'internal_error';
      emit({ ...event, outcome: { error: code } });
      throw error;
    }
  };
}

function claimOf({ headers }: Request): string | undefined {
  const claim = headers[operatorClaimHeader];
  if (claim === undefined) return undefined;
  if (typeof claim === 'string' && operatorClaim.test(claim)) return claim;
  throw new HttpError('bad_request', { detail: `${operatorClaimHeader} is not some printable ASCII` });
}

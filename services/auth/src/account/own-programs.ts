import { digest } from '@latchkey/contract';
import { HttpError, replyRedirect } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import type { Emit } from '@latchkey/telemetry';
import type { OwnProgram } from '@latchkey/web-pages';
import type { SessionStore } from '../lifecycle/store.ts';
import { endFamily } from '../authorization-server/give-tokens.ts';
import type { Programs } from '../authorization-server/programs.ts';
import type { ProgramRecord } from '../authorization-server/records.ts';
import type { AuthEvent } from '../telemetry/events.ts';
import type { Handler, Reply } from '../web/locals.ts';
import { formParameters } from '../web/parameters.ts';
import { accountPath } from './path.ts';

/** What knowing the programs of a person takes; `programs` is undefined where there are none. */
export type KnowingPrograms = {
  readonly programs: Pick<Programs, 'clients' | 'records'> | undefined;
  readonly store: Pick<SessionStore, 'isRevoked' | 'revoke'>;
  readonly emit: Emit<AuthEvent>;
  readonly now: () => number;
};

/** The programs that act for a person, as their page shows them: whichever got tokens last is the first. */
export async function programsOf(session: Session, parts: KnowingPrograms): Promise<readonly OwnProgram[]> {
  const living = await livingOf(session, parts);
  const sorted = living.toSorted((one, other) => other.seenAt - one.seenAt);
  return Promise.all(
    sorted.map(async ({ client, resource, scopes, family, since, seenAt }) => ({
      handle: handleOf(family),
      name: (await parts.programs?.clients.nameOf(client)) ?? 'a program that is not known any more',
      application: new URL(resource).host,
      scopes,
      since,
      seenAt,
    })),
  );
}

/** `POST /account/end_program`: ends all that a program was given on one approval. */
export function endProgram(
  personIn: (...asked: Parameters<Handler>) => Promise<Session | undefined>,
  replySignIn: (req: Parameters<Handler>[0], res: Reply) => void,
  parts: KnowingPrograms,
): Handler {
  return async function endOwnProgram(req, res, next) {
    const session = await personIn(req, res, next);
    if (session === undefined) return replySignIn(req, res);
    const handle = formParameters(req.body).one('program');
    const record = (await livingOf(session, parts)).find(({ family }) => handleOf(family) === handle);
    if (record === undefined) throw new HttpError('session_unknown');
    await endFamily(record, parts);
    parts.emit({ kind: 'tokens_ended', why: 'person', delegation: record, line: res.locals.line });
    return replyRedirect(res, accountPath);
  };
}

// One that was ended, or whose session was, is over, whatever is still written down.
async function livingOf(
  session: Session,
  { programs, store, now }: KnowingPrograms,
): Promise<readonly ProgramRecord[]> {
  const records = (await programs?.records.ofAccount(session)) ?? [];
  const areOver = await Promise.all(
    records.map(async ({ session: one, family }) => {
      if (one.exp * 1000 <= now()) return true;
      return (await store.isRevoked(one)) || store.isRevoked({ ...one, sid: family });
    }),
  );
  return records.filter((_, at) => areOver[at] === false);
}

// It names a program, to nobody but who has it in their list, and is good for nothing else.
function handleOf(family: string): string {
  return digest(['handle of a program', family]);
}

import { flawOfAddress } from '@latchkey/access';
import type { RevocationRequest } from '@latchkey/contract';
import { oneOf, readArguments, takePositionals } from '../arguments.ts';
import { exitCodes, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { createOperator, NotAnswered } from '../sessions/operator.ts';
import type { Operator } from '../sessions/operator.ts';
import { renderRevocation, renderSessions } from '../sessions/render.ts';
import type { Command } from './command.ts';

const options = {
  email: { type: 'string' },
  sid: { type: 'string' },
  all: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  auth: { type: 'string' },
  operator: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Values = {
  readonly email?: string;
  readonly sid?: string;
  readonly all: boolean;
  readonly yes: boolean;
  readonly json: boolean;
};

/** `latchkey sessions`: who is signed in where, and the end of it. */
export const sessions: Command = {
  name: 'sessions',
  summary: 'Lists the sessions of people, and ends them: somebody left, or a laptop was lost',
  usage:
    'sessions list [--email EMAIL] [options]\n       latchkey sessions revoke (--email EMAIL | --sid SID | --all) [options]',
  help: `Asks auth on its internal port (SERVER_INTERNAL_PORT), with the ADMIN_SECRET of auth. Each call leaves
an audit line in the log of auth. Applications notice an end within SESSION_TTL_VALID of the proxy (a
minute, unless it says otherwise).

\`list\` shows the newest 20 sessions of each account; without --email, those of the 1000 accounts that
have signed in last. A session from before auth remembered sessions appears when it is used.
\`revoke\` ends the sessions that auth does not list, too. Anyone who may sign in can sign in again: to keep
somebody out, suspend their account at the provider first.

  --email EMAIL     whose sessions, of every provider
  --sid SID         one session, as \`list\` names it; one that begins with two dashes is written --sid=--…
  --all             everybody's sessions; asks first
  --yes             do not ask
  --auth URL        auth, with its internal port; left out, it is PROVIDER_URL_INTERNAL
  --operator NAME   who you are, for the audit line; left out, it is USER. Nobody checks it
  --json            the answer as JSON

The secret is ADMIN_SECRET, or the contents of the file that ADMIN_SECRET_FILE names. It is never an
argument, which others on the machine could see.

It ends with 0 if all is done, and with 1 if auth could not be asked or refused, or if other tasks of auth
do not know of it yet.

Examples:

  export ADMIN_SECRET_FILE=/run/secrets/latchkey-admin
  latchkey sessions list --auth http://auth.internal:4181 --email ann@example.com
  latchkey sessions revoke --auth http://auth.internal:4181 --email ann@example.com
  latchkey sessions revoke --auth http://auth.internal:4181 --all --yes
`,
  async run(args, io) {
    const { values, positionals } = readArguments(args, options);
    const [given = ''] = takePositionals(positionals, ['list or revoke']);
    const action = oneOf('the action', given, ['list', 'revoke']);
    if (values.email !== undefined) checkEmail(values.email);
    const wish = action === 'revoke' ? readWish(values) : undefined;
    if (action === 'list' && (values.sid !== undefined || values.all)) {
      throw new UsageError('list takes --email, or neither');
    }
    const operator = createOperator({ auth: values.auth, claim: values.operator }, io);
    try {
      if (wish === undefined) return await list(values, operator, io);
      if ('all' in wish && !values.yes && !(await isMeant(io))) {
        io.stderr('Nothing was ended.\n');
        return exitCodes.findings;
      }
      return await revoke(wish, values, operator, io);
    } catch (error) {
      if (!(error instanceof NotAnswered)) throw error;
      io.stderr(`latchkey sessions: ${error.message}\n`);
      return exitCodes.findings;
    }
  },
};

function readWish({ email, sid, all }: Values): RevocationRequest {
  const wishes: RevocationRequest[] = [
    ...(email === undefined ? [] : [{ email }]),
    ...(sid === undefined ? [] : [{ sid }]),
    ...(all ? [{ all } as const] : []),
  ];
  const [wish, second] = wishes;
  if (wish === undefined) throw new UsageError('whose sessions? Write --email, --sid or --all');
  if (second !== undefined) throw new UsageError('write one of --email, --sid and --all');
  return wish;
}

function checkEmail(email: string): void {
  const flaw = flawOfAddress(email);
  if (flaw !== undefined) throw new UsageError(`--email ${JSON.stringify(email)}: ${flaw}`);
}

async function isMeant({ ask }: Io): Promise<boolean> {
  if (ask === undefined) throw new UsageError('--all signs everybody out: add --yes if that is meant');
  const answer = await ask('This signs everybody out of everything. Type "yes" to go on: ');
  return answer.trim().toLowerCase() === 'yes';
}

async function list({ email, json }: Values, operator: Operator, io: Io): Promise<number> {
  const found = await operator.list(email);
  io.stdout(json ? `${JSON.stringify(found, null, 2)}\n` : renderSessions(found));
  return exitCodes.fine;
}

async function revoke(
  wish: RevocationRequest,
  { json }: Values,
  operator: Operator,
  io: Io,
): Promise<number> {
  const answer = await operator.revoke(wish);
  io.stdout(json ? `${JSON.stringify(answer, null, 2)}\n` : renderRevocation(wish, answer));
  return answer.published ? exitCodes.fine : exitCodes.findings;
}

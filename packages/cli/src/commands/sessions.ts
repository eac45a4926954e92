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
  summary: 'Lists the sessions of people, and ends them, for example when a laptop is lost',
  usage:
    'sessions list [--email EMAIL] [options]\n       latchkey sessions revoke (--email EMAIL | --sid SID | --all) [options]',
  help: `Calls auth on its internal port (SERVER_INTERNAL_PORT), with the ADMIN_SECRET of auth. Each call leaves
an audit line in the log of auth. The proxy stops accepting an ended session within SESSION_TTL_VALID of
the proxy (by default one minute).

\`list\` shows the newest 20 sessions of each account; without --email, those of the 1000 accounts that
signed in last. A session that is older than the list of auth appears when it is used.
\`revoke\` also ends sessions that \`list\` does not show. People can sign in again afterwards. To keep
somebody out, suspend their account at the provider first.

  --email EMAIL     the sessions of this person, of every provider
  --sid SID         one session, as \`list\` shows it; if it begins with two dashes, write --sid=--…
  --all             everybody's sessions; asks first
  --yes             do not ask
  --auth URL        the address of auth with its internal port; left out, PROVIDER_URL_INTERNAL
  --operator NAME   your name, for the audit line; left out, USER. It is not verified
  --json            print the answer as JSON

The secret is in the environment: ADMIN_SECRET, or ADMIN_SECRET_FILE with the path of a file. It cannot be
an argument, because other users of the machine can see arguments.

The exit code is 0 if all is done. It is 1 if auth cannot be reached or refuses, or if other tasks of auth
do not know of the end yet.

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
  if (wish === undefined)
    throw new UsageError('it is not clear whose sessions to end: write --email, --sid or --all');
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

import { LockHeld, replaceFile, whileLocked } from '@latchkey/files';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Io } from '../io.ts';
import { Failure } from '../exit.ts';

/** RFC 6750, section 2.1. */
export const bearerTokenPattern = /^[\w.~+/-]+=*$/;

const schema = z.object({
  resource: z.string(),
  /** who gave it, and takes it back */
  issuer: z.string(),
  accessToken: z.string().regex(bearerTokenPattern),
  /** milliseconds since the epoch */
  expiresAt: z.number(),
  refreshToken: z.string().optional(),
});

/** What auth gave for one application. */
export type Tokens = z.infer<typeof schema>;

/** The tokens of the user of this account, one file for each application. */
export type TokenStore = {
  read(resource: string): Tokens | undefined;
  list(): Tokens[];
  write(tokens: Tokens): Promise<void>;
  remove(resource: string): void;
  /** Does something while no other process changes the tokens of this application. @throws Failure */
  alone<Done>(resource: string, act: () => Promise<Done>): Promise<Done>;
};

// Nobody else on the machine may see for which applications there are some.
const folderMode = 0o700;
// What is done meanwhile is two calls at most, each with its own end.
const lockWaitMs = 2 * 60_000;

/** Where they are, by the XDG Base Directory Specification. @throws Failure */
export function tokenStore({ env }: Pick<Io, 'env'>): TokenStore {
  const folder = folderOf(env);
  const fileOf = (resource: string) => path.join(folder, `${encodeURIComponent(resource)}.json`);

  function open(): void {
    mkdirSync(folder, { recursive: true, mode: folderMode });
    chmodSync(folder, folderMode);
  }

  function read(resource: string): Tokens | undefined {
    const tokens = readTokens(fileOf(resource));
    return tokens?.resource === resource ? tokens : undefined;
  }

  return {
    read,
    list: () =>
      namesIn(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => readTokens(path.join(folder, name)))
        .filter((tokens) => tokens !== undefined),
    async write(tokens) {
      open();
      // Whole or not at all: half a file would mean a new sign-in.
      await replaceFile(fileOf(tokens.resource), Buffer.from(`${JSON.stringify(tokens)}\n`));
    },
    remove: (resource) => rmSync(fileOf(resource), { force: true }),
    async alone(resource, act) {
      open();
      try {
        return await whileLocked(fileOf(resource), lockWaitMs, act);
      } catch (error) {
        if (!(error instanceof LockHeld)) throw error;
        throw new Failure(
          `another latchkey command is running: wait for it, or remove ${error.lock} if there is none`,
          { cause: error },
        );
      }
    },
  };
}

function folderOf(env: Io['env']): string {
  const { XDG_STATE_HOME: state, HOME: home } = env;
  // The specification: "If an implementation encounters a relative path […] it should consider the path invalid and ignore it."
  if (state !== undefined && path.isAbsolute(state)) return path.join(state, 'latchkey', 'tokens');
  if (home === undefined || home === '') {
    throw new Failure('there is no place to keep tokens: set HOME or XDG_STATE_HOME');
  }
  return path.join(home, '.local', 'state', 'latchkey', 'tokens');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readTokens(file: string): Tokens | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

import { writtenAt } from './sign-out-lines.ts';

// Every task has read a line by then.
const readWithinMs = 60_000;

/** Which lines of the log are about which account, so that those can go that a later one says, too. */
export type AccountLines = {
  add(account: string, id: string): void;
  /**
   * Forgets what a line replaces that is about all of an account.
   *
   * @returns the ids of lines that nobody needs any more
   */
  replacedBy(account: string, id: string): readonly string[];
  /** Forgets the lines of all others. */
  keepOnly(accounts: ReadonlySet<string>): void;
  clear(): void;
};

export function createAccountLines(): AccountLines {
  const idsOf = new Map<string, string[]>();
  return {
    add(account, id) {
      const ids = idsOf.get(account) ?? [];
      ids.push(id);
      idsOf.set(account, ids);
    },
    replacedBy(account, by) {
      const ids = idsOf.get(account) ?? [];
      // Not the last of the old ones: it may be the last of all that another task has read, and would be missed there.
      const old = ids.filter((id) => writtenAt(id) < writtenAt(by) - readWithinMs).slice(0, -1);
      idsOf.set(account, ids.slice(old.length));
      return old;
    },
    keepOnly(accounts) {
      for (const account of idsOf.keys()) if (!accounts.has(account)) idsOf.delete(account);
    },
    clear: () => idsOf.clear(),
  };
}

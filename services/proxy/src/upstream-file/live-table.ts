import type { RouteTable } from '@latchkey/upstreams';

/** The route table in force. A request takes it once and keeps what it was given. */
export type LiveTable = {
  current(): RouteTable;
  /** Puts a new table in force, in one step. */
  replace(next: RouteTable): void;
  /** Calls back after each replacement. */
  onReplace(listener: (table: RouteTable) => void): void;
};

/** @param initial the table in force until the first replacement */
export function createLiveTable(initial: RouteTable): LiveTable {
  let table = initial;
  const listeners: ((table: RouteTable) => void)[] = [];
  return {
    current: () => table,
    replace(next) {
      table = next;
      for (const listener of listeners) listener(next);
    },
    onReplace: (listener) => void listeners.push(listener),
  };
}

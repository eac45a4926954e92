import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The answers that are under way: one for each connection, since the next waits for its turn. */
export type Underway = {
  begin(res: ServerResponse): void;
  end(res: ServerResponse): void;
  /** the one that is under way on a connection */
  on(socket: Socket): ServerResponse | undefined;
  all(): ServerResponse[];
};

/**
 * Keeps them by connection, for as long as that is open. In a set of answers each would be added and deleted: V8 then makes a
 * new table every few dozen, and the table before leads to it. Once one of them is old, all answers since are taken for living
 * until the whole memory is looked at.
 */
export function createUnderway(): Underway {
  const answers = new Map<Socket, ServerResponse | undefined>();
  return {
    begin(res) {
      const { socket } = res.req;
      if (!answers.has(socket)) socket.once('close', () => answers.delete(socket));
      answers.set(socket, res);
    },
    end(res) {
      const { socket } = res.req;
      if (answers.get(socket) === res) answers.set(socket, undefined);
    },
    on: (socket) => answers.get(socket),
    all: () => [...answers.values()].filter((res) => res !== undefined),
  };
}

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

// Nobody who pipelines sends so many ahead (apt: ten), and each that waits costs kilobytes for the few bytes that it came in.
const mostWaiting = 100;

type Waiting = { readonly req: IncomingMessage; readonly res: ServerResponse };

/**
 * Serves the requests of a connection one after the other. Node hands them over as fast as it can parse them, some two
 * thousand from one read, and each would open a connection to an application.
 *
 * Whoever sends too many ahead of the answers is cut off. RFC 9112, section 9.3.2: "A client that pipelines requests
 * SHOULD retry unanswered requests if the connection closes before it receives all of the corresponding responses."
 */
export function inTurn(serve: RequestListener): RequestListener {
  const lines = new WeakMap<Socket, Waiting[]>();

  function start(socket: Socket, { req, res }: Waiting): void {
    res.once('close', function next() {
      const following = lines.get(socket)?.shift();
      // The connection is given to the next answer unless this one was the last on it.
      if (following === undefined || following.res.socket === null) lines.delete(socket);
      else start(socket, following);
    });
    serve(req, res);
  }

  return function takeTurn(req, res) {
    const { socket } = req;
    const line = lines.get(socket);
    if (line === undefined) {
      lines.set(socket, []);
      start(socket, { req, res });
    } else if (line.push({ req, res }) > mostWaiting) {
      socket.destroy();
    }
  };
}

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

// Nobody who pipelines sends so many ahead (apt: ten), and each that waits costs kilobytes for the few bytes that it came in.
const mostWaiting = 100;

/** What was sent ahead on a connection, behind the request that is served now. */
type Line = { isServing: boolean; readonly waiting: Waiting[] };
type Waiting = { readonly req: IncomingMessage; readonly res: ServerResponse };

/**
 * Serves the requests of a connection one after the other. Node hands them over as fast as it can parse them, some two
 * thousand from one read, and each would open a connection to an application.
 *
 * A client that sends too many ahead of the answers is cut off. RFC 9112, section 9.3.2: "A client that pipelines requests
 * SHOULD retry unanswered requests if the connection closes before it receives all of the corresponding responses."
 */
export function inTurn(
  serve: (req: IncomingMessage, res: ServerResponse, answered: () => void) => void,
): RequestListener {
  const lines = new WeakMap<Socket, Line>();

  function lineOf(socket: Socket): Line {
    let line = lines.get(socket);
    if (line === undefined) lines.set(socket, (line = { isServing: false, waiting: [] }));
    return line;
  }

  function start(line: Line, { req, res }: Waiting): void {
    line.isServing = true;
    serve(req, res, function answered() {
      line.isServing = false;
      const following = line.waiting.shift();
      if (following === undefined) return;
      // The connection is given to the next answer unless this one was the last on it.
      if (following.res.socket === null) line.waiting.length = 0;
      else start(line, following);
    });
  }

  return function takeTurn(req, res) {
    const line = lineOf(req.socket);
    if (!line.isServing) start(line, { req, res });
    else if (line.waiting.push({ req, res }) > mostWaiting) req.socket.destroy();
  };
}

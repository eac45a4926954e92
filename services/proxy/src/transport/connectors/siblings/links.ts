import { taskHeader } from '@latchkey/contract';
import { keepAlive, sessionOptions } from '@latchkey/link';
import { connect } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import type { Logger } from 'pino';
import { leastOf } from '../line.ts';
import type { StreamLine, StreamLines } from '../line.ts';
import { hostWithPort } from './places.ts';
import type { FindPlaces, Place } from './places.ts';

/** The connections of this task to others, on which it asks for their connectors. */
export type Links = StreamLines & {
  /** the others that it is connected to */
  tasks(): readonly string[];
  close(): void;
};

type Link = StreamLine & {
  task: string;
  names: ReadonlySet<string>;
  /** also those it has no more, to which something may still go */
  readonly had: Set<string>;
};

const everyMs = 2_000;
const handshakeWithinMs = 5_000;
// One line of news; a name has 63 letters at most.
const longestLine = 64 * 1024;

/**
 * Keeps one connection to each task there is.
 *
 * @param parts.task this one, which finds itself among the others
 * @param parts.leavesWithinMs how long a connection may take to end once the task at its other end stops
 * @param parts.changed it is connected to others than before
 * @param parts.leaving one of them stops, and takes no more streams to the connectors that it has had
 */
export function keepLinks(parts: {
  find: FindPlaces;
  task: string;
  tls: ConnectionOptions;
  leavesWithinMs: number;
  log: Logger;
  changed: () => void;
  leaving: (names: ReadonlySet<string>) => void;
}): Links {
  const { find, leavesWithinMs, log } = parts;
  const links = new Map<string, Link>();
  const own = new Set<string>();
  /** why the last try at one failed, so that it is said once */
  const failed = new Map<string, string>();
  let isClosed = false;
  let isLooking = false;

  const others = (): Link[] => [...links.values()].filter(({ task }) => task !== '');

  function open(place: Place): void {
    const key = hostWithPort(place);
    const socket = connectTls({
      ...parts.tls,
      host: place.host,
      port: place.port,
      timeout: handshakeWithinMs,
    });
    socket.once('timeout', () => socket.destroy(new Error('no answer')));
    const session = connect('http://task', { createConnection: () => socket, ...sessionOptions });
    socket.once('secureConnect', function shaken() {
      socket.setTimeout(0);
      keepAlive(session, { leavesWithinMs });
    });
    const link: Link = { session, open: 0, task: '', names: new Set(), had: new Set() };
    links.set(key, link);
    let why = 'it closed the connection';
    session.on('error', (error) => (why = error.message));
    session.once('goaway', function stops() {
      link.names = new Set();
      parts.leaving(link.had);
    });
    session.once('close', function closed() {
      links.delete(key);
      if (link.task !== '') parts.changed();
      else if (!own.has(key)) explain(key, why);
    });
    listen(link, key);
  }

  function listen(link: Link, key: string): void {
    const news = link.session.request({ ':method': 'GET', ':path': '/news' });
    news.on('error', () => undefined);
    news.once('response', function met(headers) {
      const task = String(headers[taskHeader] ?? '').slice(0, 64);
      if (task === parts.task) own.add(key);
      if (task === parts.task || task === '') return link.session.destroy();
      link.task = task;
      failed.delete(key);
      log.info({ task, address: key }, 'connected to another task of the proxy');
      return parts.changed();
    });
    news.setEncoding('utf8');
    let text = '';
    news.on('data', function hear(piece: string) {
      const lines = `${text}${piece}`.split('\n');
      text = lines.pop() ?? '';
      const latest = lines.at(-1);
      if (latest !== undefined) link.names = namesIn(latest);
      for (const name of link.names) link.had.add(name);
      if (text.length > longestLine) link.session.destroy(new Error('its news have no end'));
    });
    // It stops: what goes over the connection still does.
    news.once('close', () => link.session.close());
  }

  function explain(key: string, why: string): void {
    if (isClosed || failed.get(key) === why) return;
    failed.set(key, why);
    log.warn({ address: key, detail: why }, 'another task of the proxy cannot be reached');
  }

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    const places = await find();
    isLooking = false;
    if (isClosed) return;
    for (const place of places) {
      const key = hostWithPort(place);
      if (!links.has(key) && !own.has(key)) open(place);
    }
  }

  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  void look();

  return {
    tasks: () => others().map(({ task }) => task),
    least: (name, tried) =>
      leastOf(
        others().filter(({ names }) => names.has(name)),
        tried,
      ),
    begin(line, stream) {
      line.open += 1;
      stream.once('close', () => (line.open -= 1));
    },
    close() {
      isClosed = true;
      clearInterval(timer);
      for (const { session } of links.values()) session.destroy();
    },
  };
}

function namesIn(line: string): ReadonlySet<string> {
  try {
    const names: unknown = JSON.parse(line);
    return new Set(Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []);
  } catch {
    return new Set();
  }
}

import { refuse } from './findings.ts';
import type { Findings } from './findings.ts';
import type { StoreSettings } from './settings.ts';
import { parsePort, valueType } from './value-types.ts';

const anAddress =
  'an address like rediss://user:password@store.internal:6379/0 (redis: without TLS), special characters of the password as %40';

/** The address of a Redis or Valkey, as its clients write it: with a user, a password and the number of a database. */
export const storeAddress = valueType('Redis URL', anAddress, parseStoreAddress, {
  example: 'rediss://store.example.com:6379',
});

type StoreAddress = Omit<StoreSettings, 'cluster'>;

function parseStoreAddress(text: string): StoreAddress | undefined {
  // The URL parser mends blanks, backslashes and missing slashes; the author should know.
  const url = /^rediss?:\/\/[^\s\\#?]+$/i.test(text) ? URL.parse(text) : null;
  if (url === null) return undefined;
  const database = /^\/?$/.test(url.pathname) ? '/0' : url.pathname;
  const port = url.port === '' ? 6379 : parsePort(url.port);
  const username = decoded(url.username);
  const password = decoded(url.password);
  const isWhole = url.hostname !== '' && /^\/\d{1,4}$/.test(database) && port !== undefined;
  if (!isWhole || username === undefined || password === undefined) return undefined;
  return {
    host: url.hostname.replace(/^\[(?<address>.*)\]$/, '$<address>'),
    port,
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    database: Number(database.slice(1)),
    tls: url.protocol === 'rediss:',
  };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** The store part of auth's settings; nothing where each task is to remember by itself. */
export function storeSettings(values: { REDIS_URL: StoreAddress | undefined; REDIS_CLUSTER: boolean }): {
  store?: StoreSettings;
} {
  const { REDIS_URL: address, REDIS_CLUSTER: cluster } = values;
  return address === undefined ? {} : { store: { ...address, cluster } };
}

/** What the two variables say together. */
export function checkStore(
  known: { REDIS_URL?: StoreAddress | undefined; REDIS_CLUSTER?: boolean },
  given: ReadonlySet<string>,
  findings: Findings,
): void {
  const { REDIS_URL: address, REDIS_CLUSTER: cluster = false } = known;
  if (cluster && !given.has('REDIS_URL')) {
    const message = 'set without REDIS_URL, write the address of one node of the cluster there';
    refuse({ variable: 'REDIS_CLUSTER', code: 'conflict', message, others: ['REDIS_URL'] }, findings);
  }
  if (cluster && address !== undefined && address.database !== 0) {
    const message = 'names a database, and a cluster has only one: write it without the number at its end';
    refuse({ variable: 'REDIS_URL', code: 'conflict', message, others: ['REDIS_CLUSTER'] }, findings);
  }
}

import type { Clock } from '@latchkey/http';
import { readSession } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import { z } from 'zod';
import type { OpenStore } from '../../store/open.ts';
import { placeOf } from '../../store/place.ts';
import type { Place } from '../../store/place.ts';

/** What a program on another device asks for, and what became of that. */
export type DeviceRequest = {
  /** tells it from an earlier one with the same code for people */
  readonly id: string;
  readonly client: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  /** from where it was asked, as far as that is known */
  readonly address?: string | undefined;
  /** milliseconds since the epoch */
  readonly until: number;
  readonly verdict: 'none' | 'refused' | { readonly session: Session };
};

/** What programs wait for, by the codes that people type. */
export type DeviceRequests = {
  put(userCode: string, request: DeviceRequest): Promise<void>;
  get(userCode: string): Promise<DeviceRequest | undefined>;
  drop(userCode: string): Promise<void>;
  /** Counts one more look by a program. @returns whether it comes too soon after the one before */
  isTooSoon(request: Pick<DeviceRequest, 'id'>): Promise<boolean>;
  /** Counts one more code that a person has typed. @returns whether these are too many */
  areTooMany(person: Pick<Session, 'idp' | 'sub'>): Promise<boolean>;
  /** Counts one more program that asks from an address. @returns whether these are too many */
  areTooManyFrom(address: string): Promise<boolean>;
};

/** Programs come back so often, seconds. */
export const intervalSeconds = 5;
// One that waits as long as it was asked to comes a moment earlier now and then.
const tooSoonMs = (intervalSeconds - 1) * 1_000;

// In a code there are 34 bits. Who is signed in and types as many as this in ten minutes does not come upon anybody's.
const mostTyped = 20;
// They are remembered for ten minutes, and those of one address shall not push out those of others.
const mostAsked = 60;
const windowMs = 600_000;

const schema = z.object({
  id: z.string(),
  client: z.string(),
  resource: z.string(),
  scopes: z.array(z.string()),
  address: z.string().optional(),
  until: z.number(),
  verdict: z.union([z.enum(['none', 'refused']), z.object({ session: z.unknown() })]),
});

/** Remembers them in a store. */
export function deviceRequests({ store, vault }: OpenStore, { now }: Pick<Clock, 'now'>): DeviceRequests {
  return {
    async put(userCode, request) {
      const place = placeOfRequest(userCode);
      await store.put(place, vault.close(place, request), { ttlMs: request.until - now() });
    },
    async get(userCode) {
      const place = placeOfRequest(userCode);
      const kept = await store.get(place);
      const request = kept && read(vault.open(place, kept.text));
      return request !== undefined && request.until > now() ? request : undefined;
    },
    drop: (userCode) => store.drop(placeOfRequest(userCode)),
    async isTooSoon({ id }) {
      return (await store.count(placeOf('rate', 'device code', id), tooSoonMs)).count > 1;
    },
    async areTooMany({ idp, sub }) {
      return (await store.count(placeOf('rate', 'user code', idp, sub), windowMs)).count > mostTyped;
    },
    async areTooManyFrom(address) {
      return (await store.count(placeOf('rate', 'device', address), windowMs)).count > mostAsked;
    },
  };
}

function placeOfRequest(userCode: string): Place {
  return placeOf('device code', userCode);
}

function read(kept: unknown): DeviceRequest | undefined {
  const request = schema.safeParse(kept).data;
  if (request === undefined) return undefined;
  const { verdict, ...rest } = request;
  if (typeof verdict === 'string') return { ...rest, verdict };
  const session = readSession(verdict.session);
  return session && { ...rest, verdict: { session } };
}

import type { Clock } from '@latchkey/http';
import { deriveKeys } from '@latchkey/session';
import type { KeyRing } from '@latchkey/session';
import type { AuthSettings } from '@latchkey/settings';
import type { OpenStore } from '../store/open.ts';
import { createAccessTokens } from './access-tokens.ts';
import type { AccessTokens } from './access-tokens.ts';
import { createClients } from './clients.ts';
import type { Clients } from './clients.ts';
import { createClientDocuments } from './document/documents.ts';
import type { Strangers } from './document/documents.ts';
import { askNameServers, publicLookup } from './document/public-lookup.ts';
import { programRecords } from './records.ts';
import type { ProgramRecords } from './records.ts';
import { refreshTurns } from './refresh-tokens.ts';
import type { RefreshTurns } from './refresh-tokens.ts';

/** What tokens for programs are made and known with. */
export type Programs = {
  readonly accessTokens: AccessTokens;
  readonly turns: RefreshTurns;
  readonly clients: Clients;
  readonly records: ProgramRecords;
  readonly keys: {
    readonly code: KeyRing;
    readonly deviceCode: KeyRing;
    readonly refreshToken: KeyRing;
    readonly approval: KeyRing;
  };
};

/**
 * Makes it.
 *
 * @returns undefined where there is no key to sign tokens with
 * @throws SettingsError
 */
export function createPrograms(
  settings: Pick<
    AuthSettings,
    'accessTokenKey' | 'assertionKey' | 'programRegistration' | 'programDocuments' | 'session'
  >,
  {
    shared,
    issuer,
    strangers = { lookup: publicLookup(askNameServers) },
    ...clock
  }: Clock & { shared: OpenStore; issuer: string; strangers?: Strangers | undefined },
): Programs | undefined {
  const { now } = clock;
  const accessTokens = createAccessTokens(settings, { issuer, now });
  if (accessTokens === undefined) return undefined;
  const { key } = settings.session;
  return {
    accessTokens,
    turns: refreshTurns(shared, { now }),
    records: programRecords(shared, { now }),
    clients: createClients({
      keys: deriveKeys(key, 'program'),
      isOpen: settings.programRegistration,
      documents: settings.programDocuments ? createClientDocuments(strangers, clock) : undefined,
      now,
    }),
    keys: {
      code: deriveKeys(key, 'program code'),
      deviceCode: deriveKeys(key, 'device code'),
      refreshToken: deriveKeys(key, 'refresh token'),
      approval: deriveKeys(key, 'approval'),
    },
  };
}

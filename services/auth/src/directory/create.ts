import type { GoogleDirectorySettings } from '@latchkey/settings';
import type { Logger } from 'pino';
import type { Emit } from '@latchkey/telemetry';
import { createQueue } from '../queue.ts';
import { groupsGraceMs } from '../session/dated-groups.ts';
import type { AuthEvent } from '../telemetry/events.ts';
import { accessTokens } from './access-token.ts';
import { cachedDirectory } from './cache.ts';
import { unavailable } from './directory.ts';
import type { Directory } from './directory.ts';
import { listMembers } from './list-members.ts';
import { createRosters } from './rosters.ts';
import { noRosterAdvice } from './roster-advice.ts';
import { shareAnswers, shareRosters } from './shared-answers.ts';
import type { OpenStore } from '../store/open.ts';
import { createGoogleAdmin } from './google-admin.ts';
import { askHasMember } from './has-member.ts';
import { askListOfGroups } from './list-groups.ts';
import { createPause } from './pause.ts';
import { readServiceAccount } from './service-account.ts';
import { workloadSigner } from './workload-identity.ts';

/** What a directory is made with. Times are milliseconds. */
export type DirectoryOptions = {
  /** of the provider */
  readonly id: string;
  readonly slug: string;
  /** how long an answer counts */
  readonly groupsMs: number;
  /** and how long it may be until a change is seen, where groups can be listed */
  readonly sessionValidMs: number;
  /** for each question */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly log: Logger;
  readonly emit: Emit<AuthEvent>;
  readonly shared: OpenStore;
};

// The proxy waits five seconds for us, and gets an answer even if it is that there is none.
const mostWaitMs = 4_000;

const unlisted =
  'a group cannot be listed: that somebody is taken out of it is seen after GROUPCACHE_INTERVAL_REFRESH alone';

const atOnce = 8;
const longestQueue = 1_000;

// The first suffices to ask about members; the second is what a delegation for BuzzFeed SSO holds, and what a list needs.
const scopes = {
  hasMember: ['group.member.readonly', 'group.readonly'],
  list: ['group.readonly'],
} as const;

/**
 * Makes Google's directory.
 *
 * @throws SettingsError where the service account cannot be read, or the region of the task is not known
 */
export function googleDirectory(
  settings: GoogleDirectorySettings,
  { id, slug, groupsMs, sessionValidMs, timeoutMs, now, elapsed, log, emit, shared }: DirectoryOptions,
): Directory {
  const { credentials } = settings;
  const signer =
    'workload' in credentials
      ? workloadSigner(credentials.workload, { timeoutMs, now })
      : readServiceAccount(id, credentials);
  const waitMs = Math.min(timeoutMs, mostWaitMs);
  const tokens = accessTokens({
    signer,
    impersonate: settings.impersonate,
    scopes: scopes[settings.groups],
    timeoutMs,
    now,
    elapsed,
    onScope: (scope) => log.info({ idp: slug, scope }, 'the directory can be reached'),
  });
  const pause = createPause(elapsed, (about) => {
    log.error({ idp: slug, ...about }, 'the directory cannot be reached');
    emit({ kind: 'backoff', provider: slug, ms: about.seconds * 1000 });
  });
  const queue = createQueue({ atOnce, longest: longestQueue, waitMs, now: elapsed, dropped: unavailable });
  const base = settings.url.href.replace(/\/+$/, '');
  const asking = { base, tokens, timeoutMs, now, elapsed, log };
  const admin = createGoogleAdmin({ ...asking, pause });
  // A list that fails is no reason to ask about nobody; where nobody can be asked about, nothing is listed either.
  const pauseOfLists = createPause(elapsed, () => undefined);
  const lists = createGoogleAdmin({
    ...asking,
    pause: {
      ...pauseOfLists,
      check() {
        pause.check();
        pauseOfLists.check();
      },
    },
  });
  const ask = settings.groups === 'list' ? askListOfGroups(admin) : askHasMember(admin);
  const list = listMembers(lists, { nested: settings.groups === 'hasMember' });
  const unanswered = (group: string) => emit({ kind: 'group_unanswered', provider: slug, group });

  // One task alone remembers by itself, and better: by a clock that never jumps.
  const isShared = shared.store.log !== undefined;

  return cachedDirectory({
    provider: slug,
    answersAreAbout: settings.groups === 'list' ? 'all groups' : 'one group',
    async ask(group, person, wanted) {
      try {
        const answer = await queue(() => ask(group, person), wanted);
        if (answer === 'withheld') unanswered(group);
        return answer;
      } catch (error) {
        unanswered(group);
        throw error;
      }
    },
    shared: isShared
      ? shareAnswers(shared, { provider: slug, keptMs: groupsMs + groupsGraceMs, now })
      : undefined,
    rosters: createRosters({
      read: (group, wanted) => queue(() => list(group), wanted),
      shared: isShared ? shareRosters(shared, { provider: slug, keptMs: sessionValidMs, now }) : undefined,
      clocks: { validMs: sessionValidMs, retryMs: Math.max(groupsMs, sessionValidMs) },
      now: elapsed,
      onRead(group, outcome) {
        emit({ kind: 'roster', provider: slug, outcome });
        const detail = noRosterAdvice(outcome);
        if (detail !== undefined) admin.mention('warn', unlisted, { group, detail });
      },
    }),
    onLookup: (isHit) => emit({ kind: 'group_lookup', provider: slug, isHit }),
    clocks: { freshMs: groupsMs, graceMs: groupsGraceMs, waitMs },
    now: elapsed,
    random: Math.random,
    onStale: ({ person, groups, detail }) =>
      log.warn(
        { idp: slug, user: person, groups, detail },
        'the directory does not answer: its last answer stays in use',
      ),
  });
}

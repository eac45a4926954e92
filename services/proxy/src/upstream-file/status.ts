import type { InForce } from './in-force.ts';

/** Which upstream file is in force, and whether it is the newest; for operators. */
export type UpstreamState = {
  /** where it comes from: a path, an address, or the variable that holds it */
  readonly source: string;
  readonly inForce: InForce;
  readonly since: Date;
  /** why the newest version is not in force, in words; absent while it is */
  readonly trouble?: { readonly why: string; readonly since: Date };
  /** whether this task began with the last good version, and has had no other since */
  readonly isLastGood: boolean;
};

/** What became of reading the file again. */
export type ReloadOutcome = 'success' | 'failure';

/** Keeps the state of the upstream file. */
export type UpstreamStatus = {
  readonly current: () => UpstreamState;
  /** a version came into force */
  took(now: InForce): void;
  /** the newest version is not put in force, or cannot be read */
  refused(why: string): void;
  /** it can be read again, and is what is in force */
  confirmed(): void;
  onChange(listener: (state: UpstreamState, outcome?: ReloadOutcome) => void): void;
};

/**
 * @param first.trouble why the start had to do with the last good version; absent where it had not
 * @param now the time of day
 */
export function createUpstreamStatus(
  first: { source: string; inForce: InForce; trouble?: string | undefined },
  now: () => number = Date.now,
): UpstreamStatus {
  const { source, trouble } = first;
  let state: UpstreamState = {
    source,
    inForce: first.inForce,
    since: new Date(now()),
    isLastGood: trouble !== undefined,
    ...(trouble !== undefined && { trouble: { why: trouble, since: new Date(now()) } }),
  };
  const listeners: ((state: UpstreamState, outcome?: ReloadOutcome) => void)[] = [];

  function become(next: UpstreamState, outcome?: ReloadOutcome): void {
    state = next;
    for (const listener of listeners) listener(state, outcome);
  }

  return {
    current: () => state,
    took(inForce) {
      const isSame = inForce.sha256 === state.inForce.sha256;
      const since = isSame ? state.since : new Date(now());
      become({ source, inForce, since, isLastGood: false }, 'success');
    },
    refused(why) {
      const since = state.trouble?.since ?? new Date(now());
      become({ ...state, trouble: { why, since } }, 'failure');
    },
    confirmed() {
      if (state.trouble === undefined) return;
      const { trouble: _, ...untroubled } = state;
      become(untroubled);
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

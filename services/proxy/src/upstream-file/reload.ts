import type { Audit } from '@latchkey/telemetry';
import { lostAtOnce } from '@latchkey/upstreams';
import type { Route } from '@latchkey/upstreams';
import type { ProxySettings } from '@latchkey/settings';
import type { Logger } from 'pino';
import { auditOfRefusal, auditOfReload } from './audit-of-reload.ts';
import { inForce } from './in-force.ts';
import type { LiveCopy } from './live-copy.ts';
import type { LiveTable } from './live-table.ts';
import { readUpstreams } from './read.ts';
import type { ReadOutcome, Version } from './read.ts';
import type { UpstreamStatus } from './status.ts';

/** What has to do with a version that comes into force while the proxy runs. */
export type TakeOptions = {
  readonly upstream: ProxySettings['upstream'];
  readonly table: LiveTable;
  readonly copy?: LiveCopy | undefined;
  readonly status: UpstreamStatus;
  /** what to say of routes that come into force, besides what the file says itself */
  readonly warningsOf: (routes: readonly Route[]) => readonly string[];
  readonly audit?: Pick<Audit, 'write'> | undefined;
  readonly log: Logger;
};

/** Puts a version in force, or leaves the one before. @returns whether it is in force */
export type Take = (outcome: ReadOutcome) => boolean;

/**
 * Makes it. The new table is built aside and put in force only when it is whole: a file with an error changes nothing, nor does
 * one without most of the routes, and either is said so.
 */
export function createTake({ upstream, table, copy, status, warningsOf, audit, log }: TakeOptions): Take {
  function keepOld(errors: readonly string[], summary: string, refused: Version | undefined): false {
    for (const error of errors) log.error(error);
    const { routes } = table.current();
    log.error(
      { alarm: 'upstream file', routes: routes.length, refused, problem: errors[0] },
      `${summary}: the routes stay as they were`,
    );
    audit?.write(auditOfRefusal(table.current(), errors));
    status.refused(errors[0] ?? summary);
    return false;
  }

  return function take(outcome) {
    for (const warning of outcome.warnings) log.warn(warning);
    const { version } = outcome;
    if (outcome.table === undefined) return keepOld(outcome.errors, 'the upstream file has errors', version);
    const lost = upstream.allowLoss ? undefined : lostAtOnce(table.current(), outcome.table);
    if (lost !== undefined) {
      const summary = 'the upstream file loses too much at once';
      return keepOld([`${lost}; if that is meant, ${remedy(upstream)}`], summary, version);
    }
    const before = table.current();
    table.replace(outcome.table);
    for (const warning of warningsOf(outcome.table.routes)) log.warn(warning);
    const now = inForce(outcome);
    log.info(now, 'the upstream file was read again');
    audit?.write(auditOfReload(before, outcome.table, now));
    status.took(now);
    void copy?.(outcome.bytes);
    return true;
  };
}

/** What to do with a file that loses most routes, where that is meant. A start compares with the last good version, if it has one. */
export function remedy({ source }: ProxySettings['upstream']): string {
  const allow = 'set UPSTREAM_RELOAD_ALLOW_LOSS=true';
  return source?.lastGood === undefined ? `restart to put it in force, or ${allow}` : allow;
}

/** Makes the function that reads the upstream file of this machine again. */
export function createReload(options: TakeOptions): () => void {
  const { upstream, table, log, status } = options;
  const take = createTake(options);
  return function reload() {
    try {
      take(readUpstreams(upstream, table.current()));
    } catch (error) {
      // A timer and a signal call this, and nobody behind them: one throw would end the process.
      log.error({ err: error }, 'reading the upstream file again failed unexpectedly');
      status.refused('it could not be read again: a defect, which the log holds');
    }
  };
}

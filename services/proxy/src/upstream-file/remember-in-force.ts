import type { ReloadMetrics } from '../telemetry/metrics.ts';
import type { InForce } from './in-force.ts';

/** Which version of the upstream file is in force, as operators are told. */
export type FileInForce = {
  /** where it is from */
  readonly source: string;
  readonly sha256: string;
  /** when it was last written to, where that is known */
  readonly written?: Date;
  /** since when it is in force here */
  readonly since: Date;
  readonly age_seconds: number;
  /** whether a later version was refused or could not be read */
  readonly later_refused: boolean;
};

/** Remembers what became of reading the file, on the way to those who count it. */
export function rememberInForce(
  first: InForce,
  metrics: ReloadMetrics,
  { source, now }: { source: string; now: () => number },
): ReloadMetrics & { current(): FileInForce } {
  let inForce = first;
  let since = now();
  let isLaterRefused = false;
  return {
    succeeded(next) {
      if (next.sha256 !== inForce.sha256) since = now();
      inForce = next;
      isLaterRefused = false;
      metrics.succeeded(next);
    },
    failed() {
      isLaterRefused = true;
      metrics.failed();
    },
    current() {
      const { sha256, written } = inForce;
      return {
        source,
        sha256,
        ...(written && { written }),
        since: new Date(since),
        age_seconds: Math.round((now() - since) / 1000),
        later_refused: isLaterRefused,
      };
    },
  };
}

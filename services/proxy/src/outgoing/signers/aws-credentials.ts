import type { AwsCredentials } from '@latchkey/access';

/** Finds what to sign with at AWS, and until when that is good where it has an end. */
export type AwsCredentialProvider = () => Promise<ExpiringCredentials>;

type ExpiringCredentials = AwsCredentials & { readonly expiration?: Date };

// A role's are good for an hour or more, and Amazon's endpoints have the next ones fifteen minutes before their end.
const renewBeforeMs = 5 * 60_000;
const waitMs = 5_000;

/**
 * Keeps credentials until shortly before their end. They are then asked for by one request for all, and nobody waits for the
 * answer while those that are there are good.
 *
 * @param provide asks anew at each call
 * @param now the time of day, in which their end is given
 */
export function keepCredentials(
  provide: AwsCredentialProvider,
  now: () => number = Date.now,
): AwsCredentialProvider {
  let kept: ExpiringCredentials | undefined;
  let asking: Promise<ExpiringCredentials> | undefined;

  function leftMs(): number {
    if (kept === undefined) return 0;
    return (kept.expiration?.getTime() ?? Infinity) - now();
  }

  function ask(): Promise<ExpiringCredentials> {
    asking ??= inTime(provide())
      .then((fresh) => (kept = fresh))
      .finally(() => (asking = undefined));
    return asking;
  }

  return async function credentials() {
    const left = leftMs();
    if (kept === undefined || left <= 0) return ask();
    // What fails here is asked again by the next request, and said once they are over.
    if (left <= renewBeforeMs) void ask().catch(() => undefined);
    return kept;
  };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${waitMs / 1000} s`)), waitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

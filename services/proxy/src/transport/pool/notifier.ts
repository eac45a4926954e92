import type { Dispatcher } from 'undici';

/** Tells a handler what becomes of a request that something else than undici sends, as undici would. */
export type Telling = {
  readonly controller: Dispatcher.DispatchController;
  /**
   * Tells something that is not the last. A handler may throw, which undici expects, too: then it is over.
   *
   * @returns whether it goes on
   */
  readonly tell: (what: () => void) => boolean;
  /** Tells the last, unless that was told. */
  readonly end: (last: () => void) => void;
  /** Tells as the last that it has failed, unless the last was told. */
  readonly fail: (error: Error) => void;
};

/** @param over called once, behind the last: with the error that it ended with */
export function createTelling(
  handler: Dispatcher.DispatchHandler,
  {
    pause,
    resume,
    over,
  }: { pause: () => void; resume: () => void; over: (error: Error | undefined) => void },
): Telling {
  let isOver = false;
  const controller: Dispatcher.DispatchController = {
    aborted: false,
    paused: false,
    reason: null,
    abort: fail,
    pause,
    resume,
  };

  function end(last: () => void, error?: Error): void {
    if (isOver) return;
    isOver = true;
    last();
    over(error);
  }
  function fail(error: Error): void {
    end(() => handler.onResponseError?.(controller, error), error);
  }
  function tell(what: () => void): boolean {
    if (isOver) return false;
    try {
      what();
    } catch (error) {
      fail(error instanceof Error ? error : new Error('unknown'));
    }
    return !isOver;
  }
  return { controller, tell, end: (last) => end(last), fail };
}

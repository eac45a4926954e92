import type { Dispatcher } from 'undici';

/** Notifies a handler of what becomes of a request that something other than undici sends, as undici would. */
export type Notifier = {
  readonly controller: Dispatcher.DispatchController;
  /**
   * Notifies of something that is not the last. A handler may throw, which undici expects, too: then it is over.
   *
   * @returns whether it goes on
   */
  readonly notify: (what: () => void) => boolean;
  /** Notifies of the last, once. */
  readonly end: (last: () => void) => void;
  /** Notifies, as of the last, that it has failed; does nothing behind the last. */
  readonly fail: (error: Error) => void;
};

/** @param over called once, behind the last: with the error that it ended with */
export function createNotifier(
  handler: Dispatcher.DispatchHandler,
  {
    pause,
    resume,
    over,
  }: { pause: () => void; resume: () => void; over: (error: Error | undefined) => void },
): Notifier {
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
  function notify(what: () => void): boolean {
    if (isOver) return false;
    try {
      what();
    } catch (error) {
      fail(error instanceof Error ? error : new Error('unknown'));
    }
    return !isOver;
  }
  return { controller, notify, end: (last) => end(last), fail };
}

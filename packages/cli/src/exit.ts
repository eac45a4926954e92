/** How a command ends, for a pipeline to rely on. */
export const exitCodes = { fine: 0, findings: 1, usage: 2 } as const;

/** The command was called in a way that it does not understand; the message says how to call it: it ends with `usage`. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was asked for cannot be had: why, and what to do about it, for the person at the keyboard. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The command was called in a way that it does not understand; the message says how to call it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What to say about an error that the person at the keyboard can put right; undefined for any other. */
export function usageMessageOf(error: unknown): string | undefined {
  if (error instanceof UsageError) return error.message;
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error))
    return undefined;
  return String(error.code).startsWith('ERR_PARSE_ARGS_') ? String(error.message) : undefined;
}

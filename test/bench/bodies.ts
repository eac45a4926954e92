/** The bodies that the application answers with, by their paths. */
export const bodies = { '1k': 1024, '100k': 100 * 1024 } as const;

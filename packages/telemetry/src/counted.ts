const known: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** A method as metrics name it: a caller may write any word, and each would become a series of its own. */
export function countedMethod(method: string | undefined): string {
  return method !== undefined && known.has(method) ? method : 'other';
}

/** The hundred that a status belongs to: `2xx`. */
export function statusCategory(status: number): string {
  return `${Math.floor(status / 100)}xx`;
}

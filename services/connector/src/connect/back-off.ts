/** How long to wait before the next try: twice as long after each, with a random part, so that not all come at once. */
export function pauseAfter(failures: number, random = Math.random): number {
  const most = Math.min(250 * 2 ** Math.min(failures, 10), 15_000);
  return most / 2 + random() * (most / 2);
}

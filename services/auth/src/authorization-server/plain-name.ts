const longestName = 60;

/** The name that a program has given itself, as it is shown to people: nothing that hides, turns or breaks the line it stands in. */
export function plainName(name: string): string {
  const text = name.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '').trim();
  return text === '' ? 'a program' : text.slice(0, longestName);
}

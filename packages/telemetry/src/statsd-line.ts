/** How a value is meant. */
export type StatsdKind = 'timing' | 'count' | 'gauge';

/** What a value belongs to. Values come from closed sets and from the configuration, never from a caller. */
export type StatsdTags = Readonly<Record<string, string | number>>;

const types: Readonly<Record<StatsdKind, string>> = { timing: 'ms', count: 'c', gauge: 'g' };
const longestTag = 200;

/**
 * One line of the DogStatsD protocol: `sso_proxy.request.duration:12.5|ms|#service:sso_proxy,method:GET`.
 *
 * @param name with its namespace
 * @param constant the tag that every line has, ready to use
 */
export function statsdLine(
  name: string,
  value: number,
  kind: StatsdKind,
  { constant, tags }: { constant: string; tags: StatsdTags },
): string {
  let line = `${name}:${Math.round(value * 1000) / 1000}|${types[kind]}|#${constant}`;
  for (const [key, text] of Object.entries(tags)) line += `,${key}:${tagValue(text)}`;
  return line;
}

// `|`, `,` and line breaks are the protocol's own: a route's name may hold them, as regular expressions do.
function tagValue(value: string | number): string {
  return typeof value === 'number' ? String(value) : value.slice(0, longestTag).replaceAll(/[^\w.:/-]/g, '_');
}

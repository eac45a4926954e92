/** What a query of Prometheus names. */
export type Named = { readonly metrics: ReadonlySet<string>; readonly labels: ReadonlySet<string> };

const token =
  /"(?:[^"\\]|\\.)*"|\$__rate_interval|\d[\w.]*|[a-zA-Z_:][\w:]*|=~|!~|[!=<>]=|[(){}[\],+\-*/%^=<>@]|\s+/gy;
const grouping = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const words = new Set([...grouping, 'and', 'or', 'unless', 'bool', 'offset']);

/** The metrics of a query, and the labels that it goes by. Throws on what is no PromQL that it knows. */
export function namedIn(query: string): Named {
  const tokens = query.match(token) ?? [];
  if (tokens.join('') !== query) throw new Error(`not understood: ${query.slice(tokens.join('').length)}`);
  const [metrics, labels] = [new Set<string>(), new Set<string>()];
  let lists: 'labels' | undefined;
  let before = '';
  const written = tokens.filter((one) => one.trim() !== '');
  for (const [at, one] of written.entries()) {
    const next = written[at + 1] ?? '';
    if (one === '{' || (one === '(' && grouping.has(before))) lists = 'labels';
    else if (one === '}' || one === ')') lists = undefined;
    else if (/^[a-zA-Z_]/.test(one) && !words.has(one)) {
      if (lists !== undefined) labels.add(one);
      else if (next !== '(' && !grouping.has(next)) metrics.add(one);
    }
    before = one;
  }
  return { metrics, labels };
}

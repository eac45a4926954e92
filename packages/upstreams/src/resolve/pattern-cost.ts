/**
 * What the parts of a pattern cost to compile, in the time that one instruction takes, some 2 µs; measured. An author who writes
 * `(a{1000})` a hundred times over means harm or does not know.
 */
const costOfPattern = 30;
const costOfClass = 300; // \pL: a table of Unicode
const costOfWideRange = 2500; // each character of it is looked up for its other letter case

const tokenPattern =
  /\\[pP](?:\{[^}]*\})?|\\x\{[^}]*\}|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]|\{(\d+)(,?)(\d*)\}|[\s\S]/g;
const characterClass = /\\[pP]/g;
const wideRange = /-(?:\\x\{|[^\0-\x7f])/g;

/**
 * About what a pattern costs to compile, from its text alone and in linear time: never much less than it does. Repetitions
 * with a number multiply what they repeat, and those around them.
 */
export function costOf(source: string): number {
  // What the open groups hold so far, the innermost last.
  const groups = [0];
  let last = 0;
  const add = (cost: number): void => void groups.push((groups.pop() ?? 0) + cost);
  for (const [token, least, , most] of source.matchAll(tokenPattern)) {
    if (token === '(') {
      groups.push(0);
    } else if (token === ')') {
      last = (groups.length > 1 ? (groups.pop() ?? 0) : 0) + 2;
      add(last);
    } else if (least !== undefined) {
      const copies = Math.max(Number(least), Number(most), 1);
      add((last + 2) * copies - last);
      last = (last + 2) * copies;
    } else {
      last = 1 + countOf(characterClass, token) * costOfClass + countOf(wideRange, token) * costOfWideRange;
      add(last);
    }
  }
  return groups.reduce((sum, cost) => sum + cost, costOfPattern);
}

function countOf(what: RegExp, text: string): number {
  return text.length < 2 ? 0 : [...text.matchAll(what)].length;
}

import { ownCopy } from '@latchkey/http';

// Browsers and applications use some hundreds of names between them, none of them long.
const keptNames = 1_000;
const longestName = 64;

/**
 * Makes a question about a header name that is answered once for each spelling. What strangers think of cannot make it grow:
 * once it is full it begins anew.
 */
export function byName<Answer>(ask: (name: string) => Answer): (name: string) => Answer {
  const answers = new Map<string, Answer>();
  return function answerFor(name) {
    const before = answers.get(name);
    if (before !== undefined) return before;
    const answer = ask(name);
    if (name.length > longestName) return answer;
    if (answers.size >= keptNames) answers.clear();
    answers.set(ownCopy(name), answer);
    return answer;
  };
}

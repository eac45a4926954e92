import { sentenceWithPage } from '@latchkey/settings';
import type { Problem } from '@latchkey/settings';

/** Settings that are well-formed each, and yet cannot work. One line per error, each naming a variable. */
export class SettingsError extends Error {
  readonly errors: readonly string[];

  constructor(errors: readonly string[]) {
    super(errors.join('\n'));
    this.errors = errors;
  }

  static of(problem: Problem): SettingsError {
    return new SettingsError([sentenceWithPage(problem)]);
  }
}

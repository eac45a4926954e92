/** What may be meant, and most likely is not. */
export type Oddity = 'neverEqual' | 'neverFalse';

/** What is wrong with an expression, and where in it: an offset in characters. */
export type Mistake = {
  readonly kind: 'syntax' | 'unknown' | 'type' | 'size' | 'pattern' | Oddity;
  readonly offset: number;
  /** a sentence that says what was found and what to write */
  readonly message: string;
};

/** Ends the reading of an expression; caught where it began. */
export class MistakeError extends Error {
  override readonly name = 'MistakeError';
  readonly mistake: Mistake;

  constructor(kind: Mistake['kind'], offset: number, message: string) {
    super(message);
    this.mistake = { kind, offset, message };
  }
}

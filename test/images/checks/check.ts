import type { Image } from '../image.ts';

/** One thing that an operator relies on. Throws where it does not hold; may have a figure to tell. */
export type Check = {
  readonly name: string;
  /** programs without which it is skipped */
  readonly needs?: readonly string[];
  /** where it may take longer than others */
  readonly limitMs?: number;
  run(image: Image): Promise<string | void> | string | void;
};

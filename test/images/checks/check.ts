import type { Image } from '../image.ts';

/** One thing that an operator relies on. Throws where it does not hold; may have a figure to tell. */
export type Check = {
  readonly name: string;
  run(image: Image): Promise<string | void> | string | void;
};

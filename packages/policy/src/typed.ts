import type { RuleInput } from '@latchkey/access';

/** Finds a value; undefined where there is none, and then whatever needs it cannot be decided either. */
export type Of<T> = (input: RuleInput) => T | undefined;

/** A part of an expression, with its type. Moments and durations are milliseconds. */
export type Typed =
  | { readonly type: 'truth value'; readonly of: Of<boolean>; readonly constant?: boolean | undefined }
  | {
      readonly type: 'text';
      readonly of: Of<string>;
      /** whether it is there, where a value that is not found does not settle that */
      readonly has?: Of<boolean> | undefined;
      /** its sender can do away with it, so that it is not found says nothing of what is there */
      readonly isUpToSender?: boolean | undefined;
      readonly literal?: string;
      /** what is wrong with a text that is compared with it */
      readonly flaw?: Flaw | undefined;
    }
  | { readonly type: 'number' | 'moment' | 'duration'; readonly of: Of<number> }
  | {
      readonly type: 'list of texts';
      readonly of: Of<readonly string[]>;
      readonly literals?: readonly string[];
      readonly flaw?: Flaw | undefined;
    }
  /** asked about one by one: which groups somebody is in is known only of those that are named */
  | { readonly type: 'groups'; readonly isIn: (group: string) => Of<boolean> }
  | { readonly type: 'network'; readonly holds: (address: string) => boolean }
  | { readonly type: 'mapping'; readonly field: (name: string) => Of<string> }
  /** any JSON */
  | { readonly type: 'claim'; readonly of: Of<unknown> };

/** Why a text can never be what it is compared with, and what to write; undefined where it can. */
export type Flaw = (text: string) => string | undefined;

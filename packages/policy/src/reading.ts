import type { Fact } from './facts.ts';
import type { Mistake, Oddity } from './mistake.ts';
import type { Expr } from './parse.ts';
import type { Of, Typed } from './typed.ts';

/** What expressions may name besides the facts, and what compiles the patterns in them. */
export type Surroundings = {
  readonly networks: ReadonlyMap<string, (address: string) => boolean>;
  /** headers that are facts of `device`, by the names of these facts; in lower case */
  readonly deviceHeaders: ReadonlyMap<string, string>;
  /** those that are known here, like `user.email`; absent: all */
  readonly facts?: ReadonlySet<string>;
  /** in RE2 syntax, whose matching takes time linear in the text */
  readonly compilePattern: (
    source: string,
  ) =>
    | { readonly ok: true; readonly pattern: { test(text: string): boolean } }
    | { readonly ok: false; readonly reason: string };
};

/** The reading of one expression: what its parts are read with, and what is noted of them. */
export type Reading = {
  readonly surroundings: Surroundings;
  readonly read: (expr: Expr) => Typed;
  readonly refuse: (kind: Mistake['kind'], at: Expr, message: string) => never;
  /** notes what may be meant, and most likely is not */
  readonly warn: (kind: Oddity, at: Expr, message: string) => void;
  readonly reads: (source: Fact['reads']) => void;
  readonly asksAbout: (group: string) => void;
  readonly namesNetwork: (network: string) => void;
  readonly looksAt: (name: string, shown: Of<string>) => void;
  /** reads a part in which a name stands for each of several texts */
  readonly within: (name: string, of: Of<string>, expr: Expr) => Typed;
  /** the name that stands for one of several texts here */
  readonly item: () => { readonly name: string; readonly of: Of<string> } | undefined;
};

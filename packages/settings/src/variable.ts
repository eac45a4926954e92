import type { z } from 'zod';

/** How a text from the environment becomes a value. */
export type ValueType<T> = {
  /** Its name in the reference. */
  name: string;
  /** What a person should write, as it continues the sentence "write …". */
  write: string;
  /** A text that it takes. Stands in for what is not known where an environment is read from outside. */
  example?: string;
  /** Takes the text, gives the value. The message of every issue continues the sentence "write …". */
  schema: z.ZodType<T, string>;
};

/** One row of a table: everything that is known about a variable. */
export type Variable<T = unknown> = {
  type: ValueType<T>;
  /** In one or two plain sentences. */
  meaning: string;
  /** As an operator would write it; read just like a value that was set. */
  default?: string;
  required?: true;
  /** A secret's value appears in no message, and `NAME_FILE` may name the file that holds it. */
  secret?: true;
  /** Taken as it stands: `${NAME}` in it is not replaced. */
  verbatim?: true;
  /** For what is accepted and does nothing: not built yet, or never going to do anything. */
  effect?: 'none yet' | 'none';
  /** Older and mistaken names, read where the variable itself is absent, with a warning. */
  aliases?: readonly string[];
};

/** The variables of a service or of one part of it, by name. */
export type Table = Readonly<Record<string, Variable>>;

/** The values of a table's variables; one that has neither a default nor must be set may be undefined. */
export type Values<T extends Table> = { [Name in keyof T]: ValueOf<T[Name]> };

type ValueOf<V extends Variable> = V extends { required: true } | { default: string }
  ? z.output<V['type']['schema']>
  : z.output<V['type']['schema']> | undefined;

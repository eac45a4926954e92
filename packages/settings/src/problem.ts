/** What kind of thing a problem is. The first four refuse the environment, the others only warn. */
export type ProblemCode =
  /** a variable that must be set is not */
  | 'missing'
  /** its text is none of those that it may have */
  | 'malformed'
  /** the file that it names cannot be read */
  | 'unreadable'
  /** it does not go with another variable */
  | 'conflict'
  /** an older name, which is still read */
  | 'deprecated'
  /** an older name, which nothing reads any more */
  | 'removed'
  /** it is taken and does nothing as yet */
  | 'not_built'
  /** it is taken and does nothing */
  | 'without_effect'
  /** nobody reads it, and its name is almost one that is read */
  | 'unknown_name'
  /** less safe than it looks */
  | 'insecure'
  /** what it says may not be what was meant */
  | 'doubtful';

/** What there is to tell the operator about one variable. */
export type Problem = {
  /** as it is written in the environment, in upper case; where it is not set, as it should be written */
  readonly variable: string;
  readonly code: ProblemCode;
  /** what was found and what to write; goes on after `variable: ` */
  readonly message: string;
  /** the other variables that have a part in it */
  readonly others?: readonly string[];
  /** for an older name: the one to write */
  readonly instead?: string;
};

/** A problem as one line of a log or a terminal. */
export function sentenceOf({ variable, message }: Pick<Problem, 'variable' | 'message'>): string {
  return `${variable}: ${message}`;
}

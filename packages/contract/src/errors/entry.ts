/** How loud an error is in the log: `info` is daily life, `warn` deserves a look, `error` is ours to repair. */
export type ErrorLevel = 'info' | 'warn' | 'error';

/** One error of the table. */
export type ErrorEntry = {
  /** HTTP status of the answer. */
  readonly status: number;
  /** Heading of the page. */
  readonly title: string;
  /** Public text: what happened and what the person can do. Never holds anything from the request. */
  readonly sentence: string;
  readonly level: ErrorLevel;
  /** For operators, in Markdown: what causes it and what to check. */
  readonly description: string;
};

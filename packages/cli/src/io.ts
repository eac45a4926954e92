/** What a command may touch. Everything else it gets as arguments, so that a test can run it whole. */
export type Io = {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gives the bytes of a file, and those of standard input for `-`; throws as `readFileSync` does. */
  readFile(path: string): Uint8Array;
  /** Whether somebody looks at stdout, and not a pipe. */
  readonly isTerminal: boolean;
  /** Of this program. */
  readonly version: string;
};

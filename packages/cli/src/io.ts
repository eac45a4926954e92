import type { AwsCredentials } from '@latchkey/access';
import { errorCode } from '@latchkey/files';
import type { Answer, Call } from '@latchkey/http';
import type { Release } from '@latchkey/http/release';
import type { Duplex } from 'node:stream';
import { UsageError } from './exit.ts';

/** What a command may touch. Everything else it gets as arguments, so that a test can run it whole. */
export type Io = {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gives the bytes of a file, and those of standard input for `-`; throws as `readFileSync` does. */
  readFile(path: string): Uint8Array;
  /** The same in pieces, for what may be long; it is thrown when the first of them is asked for. */
  readPieces(path: string): AsyncIterable<Uint8Array>;
  /** Whether somebody looks at stdout, and not a pipe. */
  readonly isTerminal: boolean;
  /** How many bytes there are to read; absent where that is not known, as of a pipe. */
  readonly sizeOf?: (path: string) => number | undefined;
  /** Replaces the line on which somebody sees how far we are, by nothing at the end; absent where nobody looks. */
  readonly progress?: (line: string) => void;
  /** Asks the person at the terminal, and gives the line that they type; absent where nobody does. */
  readonly ask?: (question: string) => Promise<string>;
  /** Makes one HTTP call; throws CallError. */
  call(call: Call): Promise<Answer>;
  /** Opens an address in a browser of this machine; absent where none can be seen. */
  readonly openBrowser?: (address: string) => void;
  /** Runs another program in our place, which can read a secret from `/dev/fd/3`; gives its exit code. Throws if there is none. */
  runWith(secret: string, program: string, args: readonly string[]): Promise<number>;
  /**
   * Runs another program in our place, with files in a folder that only this user can look into, and that goes when it
   * ends; gives its exit code. Throws if there is none.
   */
  runBeside(
    files: Readonly<Record<string, string>>,
    program: string,
    args: (folder: string) => readonly string[],
  ): Promise<number>;
  /** How this program is run again, as one would write it in a shell. */
  readonly self: string;
  /** The credentials of AWS that every SDK would find here. Throws where there are none. */
  awsCredentials(): Promise<AwsCredentials>;
  /** Standard input and output, as the two ways of one connection. */
  readonly stdio: () => Duplex;
  /** Ends what goes on until somebody ends it; absent: the end of the process does. */
  readonly stopped?: AbortSignal;
  /** Which one this program is. */
  readonly release: Release;
};

/** The bytes of a file that was named on the command line. */
export function readBytes(path: string, io: Io): Uint8Array {
  try {
    return io.readFile(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${errorCode(error)}): name a readable file`, {
      cause: error,
    });
  }
}

/** The text of a file that was named on the command line. */
export function readText(path: string, io: Io): string {
  return new TextDecoder().decode(readBytes(path, io));
}

/** A secret of the environment: the value of NAME, or else the content of the file named by NAME_FILE; undefined without both. */
export function readSecret(name: string, io: Io): string | undefined {
  const { [name]: given = '', [`${name}_FILE`]: path = '' } = io.env;
  if (given !== '') return given;
  return path === '' ? undefined : readText(path, io);
}

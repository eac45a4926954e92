import type { DestinationStream } from 'pino';

/** Where lines go. Nobody ever waits for it. */
export type Output = {
  /** @returns false where there is no room for the line: it is lost */
  write(line: string): boolean;
  /** why nothing can be written at the moment */
  trouble(): string | undefined;
  /** Calls back, one listener, when something can be written again. */
  onRecovery(listener: () => void): void;
};

/** A stream that takes everything. */
export function outputTo(destination: DestinationStream): Output {
  return {
    write(line) {
      destination.write(line);
      return true;
    },
    trouble: () => undefined,
    onRecovery: () => undefined,
  };
}

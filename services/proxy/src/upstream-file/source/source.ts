/** One version of an upstream file, as its source gave it. */
export type Fetched = {
  readonly bytes: Uint8Array;
  /** by which the source knows it again: an ETag or a version id */
  readonly tag: string | undefined;
  /** what an operator finds it by at the source */
  readonly version: string;
  readonly written?: Date;
};

/** Where an upstream file comes from that is not on this machine. */
export type Source = {
  /** for messages; holds no credentials */
  readonly name: string;
  /**
   * Gives what is there, as a whole.
   *
   * @param tag of the version that is known already
   * @throws SourceError
   */
  fetch(tag: string | undefined, signal: AbortSignal): Promise<Fetched | 'unchanged'>;
};

/**
 * What is behind it that there is nothing: it is not there, or we may not see it; asking again changes nothing; or it may come
 * by itself.
 */
export type Lack = 'missing' | 'lasting' | 'passing';

/** A source gave nothing that can be used. The message goes on after its name. */
export class SourceError extends Error {
  readonly lack: Lack;

  constructor(message: string, { lack = 'passing', ...options }: ErrorOptions & { lack?: Lack } = {}) {
    super(message, options);
    this.lack = lack;
  }
}

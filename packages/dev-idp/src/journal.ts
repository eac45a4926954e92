import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { AdapterPayload } from 'oidc-provider';

/** What a provider knows, in a file: one that was killed knows it again. */
export type Journal = {
  /** What was made when the file was new. */
  once<T>(make: () => Promise<T>): Promise<T>;
  storeOf: (kind: string) => Map<string, AdapterPayload>;
};

type Line = [kind: string, id: string, payload?: AdapterPayload];

/** Reads a journal, or begins one. Every change is written before it counts. */
export function openJournal(file: string): Journal {
  const [first = '', ...rest] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const stores = new Map<string, KeptMap>();
  const write = (value: unknown) => appendFileSync(file, `${JSON.stringify(value)}\n`);

  function storeOf(kind: string): KeptMap {
    const store = stores.get(kind) ?? new KeptMap((...change) => write([kind, ...change]));
    stores.set(kind, store);
    return store;
  }
  // The last line may be half a one.
  for (const text of rest.slice(0, -1)) {
    const [kind, id, payload]: Line = JSON.parse(text);
    storeOf(kind).recall(id, payload);
  }
  return {
    async once<T>(make: () => Promise<T>) {
      if (first !== '') {
        const made: T = JSON.parse(first);
        return made;
      }
      const made = await make();
      write(made);
      return made;
    },
    storeOf,
  };
}

class KeptMap extends Map<string, AdapterPayload> {
  readonly #write: (id: string, payload?: AdapterPayload) => void;

  constructor(write: (id: string, payload?: AdapterPayload) => void) {
    super();
    this.#write = write;
  }

  recall(id: string, payload: AdapterPayload | undefined): void {
    if (payload === undefined) super.delete(id);
    else super.set(id, payload);
  }

  override set(id: string, payload: AdapterPayload): this {
    this.#write(id, payload);
    return super.set(id, payload);
  }

  override delete(id: string): boolean {
    this.#write(id);
    return super.delete(id);
  }
}

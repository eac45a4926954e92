// Of a body that has just begun, and of what one that goes on is made of: each time twice as much.
const firstBytes = 4 * 1024;

/** Bytes as they arrive, in one buffer. */
export type Gathering = {
  /** what the buffer will take once so many bytes more are in it */
  capacityWith(more: number): number;
  add(piece: Uint8Array): void;
  /** All of it. Nothing may be added any more. */
  bytes(): Buffer;
  /** Gives the memory back, in the place of `bytes`. */
  discard(): void;
};

/**
 * Gathers bytes in a buffer that grows with what has come, not with what was promised. A list of pieces would take
 * hundreds of bytes for each, and a sender can make every byte a piece.
 */
export function createGathering(): Gathering {
  let store = new ArrayBuffer(0);
  let size = 0;

  function capacityWith(more: number): number {
    let capacity = Math.max(store.byteLength, firstBytes);
    while (capacity < size + more) capacity *= 2;
    return capacity;
  }

  return {
    capacityWith,
    add(piece) {
      const capacity = capacityWith(piece.length);
      // Gives the old memory back at once, where a copy would leave it to the garbage collector.
      if (capacity > store.byteLength) store = store.transfer(capacity);
      new Uint8Array(store).set(piece, size);
      size += piece.length;
    },
    bytes: () => Buffer.from(store, 0, size),
    discard: () => void store.transfer(0),
  };
}

/** A listener to what happens. It neither throws nor waits: it is called in the middle of requests. */
export type Emit<Event> = (event: Event) => void;

/** Emits each event to all of them, in their order. */
export function emitTo<Event>(listeners: readonly Emit<Event>[]): Emit<Event> {
  return function emit(event) {
    for (const listener of listeners) listener(event);
  };
}

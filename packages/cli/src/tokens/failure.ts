/** What was asked for cannot be had: why, and what to do about it, for the person at the keyboard. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

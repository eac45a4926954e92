export { errorCode } from './error-code.ts';
export { readBytes } from './read-bytes.ts';
export type { FileContent } from './read-bytes.ts';
export { replaceFile } from './replace-file.ts';
export { watchFiles } from './watch.ts';
export type { Watch } from './watch.ts';
export { LockHeld, whileLocked } from './while-locked.ts';

import { randomBytes } from 'node:crypto';

// No character of base64url.
const sharedMark = '.';

/**
 * A new name for a session.
 *
 * @param isShared whether its end will be remembered by all tasks together. The name says so: should they ever lose that memory,
 *   nobody knows of such a session whether it has ended. One from a time when each task remembered by itself goes on.
 */
export function newSid(isShared: boolean): string {
  return randomBytes(16).toString('base64url') + (isShared ? sharedMark : '');
}

/** Tells whether the end of a session would be in the memory that all tasks share. */
export function isSharedSid(sid: string): boolean {
  return sid.endsWith(sharedMark);
}

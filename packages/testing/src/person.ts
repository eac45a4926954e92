import type { Person } from '@latchkey/access';
import type { Session } from '@latchkey/session';

/** Ada, who is in the group `staff`. */
export function aPerson(options: Partial<Person> = {}): Person {
  return { kind: 'person', email: 'ada@example.com', groups: ['staff'], ...options };
}

/** Ada's session for example.com and thirty days, from when she signed in (seconds since the epoch). */
export function aSession(signedInAt: number, options: Partial<Session> = {}): Session {
  return {
    sid: 'one',
    sub: '1',
    email: 'ada@example.com',
    user: 'ada',
    idp: 'google',
    aud: 'example.com',
    iat: signedInAt,
    auth_time: signedInAt,
    exp: signedInAt + 30 * 24 * 3_600,
    ...options,
  };
}

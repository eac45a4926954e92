import { absent, principal } from '@latchkey/policy';
import type { Form } from '@latchkey/policy';

/** A person always has an address. */
export const person: Form = {
  op: 'all',
  parts: [
    { op: 'among', variable: principal, values: ['person'] },
    { op: 'notAmong', variable: 'user.email', values: [absent] },
    { op: 'notAmong', variable: 'user.domain', values: [absent] },
  ],
};

/** A person the provider knows. `groups` holds group e-mail addresses, as Google and most directories name them. */
export type Account = {
  sub: string;
  email: string;
  email_verified: boolean;
  name: string;
  groups: string[];
};

/** The people of the demo: everything, one group, no group, and somebody from another company. */
export const demoAccounts: readonly Account[] = [
  {
    sub: 'demo-1',
    email: 'admin@example.com',
    email_verified: true,
    name: 'Ada Admin',
    groups: ['engineering@example.com', 'security@example.com'],
  },
  {
    sub: 'demo-2',
    email: 'engineer@example.com',
    email_verified: true,
    name: 'Emil Engineer',
    groups: ['engineering@example.com'],
  },
  { sub: 'demo-3', email: 'finance@example.com', email_verified: true, name: 'Fay Finance', groups: [] },
  { sub: 'demo-4', email: 'guest@elsewhere.test', email_verified: true, name: 'Gus Guest', groups: [] },
];

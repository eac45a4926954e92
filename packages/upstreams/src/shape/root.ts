import { issuer } from './issuer.ts';
import type { Values } from './mapping.ts';
import { list } from './reader.ts';
import { serviceAccounts } from './service-accounts.ts';

/** What may stand in the root of a file beside `services` and `defaults`, for all services. */
export const rootFields = {
  issuers: list(
    {
      meaning:
        'Who may issue tokens (JWT) to programs that call an application with `bearer: true`: one entry for each issuer.',
      default: 'none',
      example: '[{ issuer: https://idp.example.com, audiences: [https://api.example.com] }]',
    },
    issuer,
  ),
  service_accounts: serviceAccounts,
};

/** The root of a file as read. */
export type Root = Values<typeof rootFields>;

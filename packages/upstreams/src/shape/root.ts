import { connectors } from './connectors.ts';
import { deviceHeaders } from './device-headers.ts';
import { issuer } from './issuer.ts';
import type { Values } from './mapping.ts';
import { networks } from './networks.ts';
import { policy } from './policy.ts';
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
  connectors,
  networks: networks({
    meaning: 'Ranges of addresses by name, for rules of a `policy`: `request.address in networks.office`.',
    default: 'none',
    example: '{ office: [198.51.100.0/24, 2001:db8:5::/48] }',
  }),
  device_headers: deviceHeaders({
    meaning:
      'Headers with which servers in front describe the device, each with a name for the rules of a `policy`: `device.managed`. They count only from `SERVER_TRUSTED_PROXIES`, and are removed from all other requests. Each of those servers has to set or remove these headers, whatever its caller sends.',
    default: 'none',
    example: '{ managed: X-Device-Managed, id: X-Device-Id }',
  }),
  policy: policy({
    meaning:
      'The guardrail: rules that every request has to pass, before the rules of its route. [policies.md](policies.md) explains how to write them.',
    default: 'none',
    example:
      "[{ name: office-only, deny_if: '!(request.address in networks.office)', message: Connect to the VPN first. }]",
  }),
};

/** The root of a file as read. */
export type Root = Values<typeof rootFields>;

import { mapping } from './mapping.ts';
import type { Values } from './mapping.ts';
import { optionKeys, options } from './options.ts';
import { enumExplained, list } from './reader.ts';
import { unknownKeys } from './unknown-keys.ts';
import { flag, text } from './values.ts';

const routeKinds = {
  simple: 'One host leads to one address.',
  rewrite:
    'Every host that matches a pattern leads to the address that a template makes of it: `from: ^(.*)[.]corp[.]example[.]com$`, `to: http://$1.internal`.',
  launcher: 'A page with the applications that a person may open. It has no `to`.',
};

const routeFields = {
  from: text(
    {
      meaning:
        'The host name that people type, with a port if the address has one. With `type: rewrite`, a pattern in RE2 syntax that matches the whole host name. Every route needs one, its own or that of `default`.',
      example: 'wiki.corp.example.com',
    },
    { examples: ['wiki.corp.example.com'] },
  ),
  to: text(
    {
      meaning:
        'The address of the application: `[scheme://]host[:port][/path][?query]`. A path or a query is put in front of the path or query of each request. Or `unix:/path`, a socket on the machine of the proxy. With `type: rewrite`, a template in which `$1` and `${name}` are replaced by groups of `from`. Without a scheme, `UPSTREAM_SCHEME` is used. Only a launcher has no `to`.',
      example: 'http://wiki.internal:8080',
    },
    { examples: ['http://wiki.internal:8080'] },
  ),
  type: text(
    {
      meaning:
        'The kind of route: `simple` (one host), `rewrite` (a pattern of hosts) or `launcher` (a page with applications).',
      default: '`simple`',
      example: 'simple',
    },
    {
      type: ['string'],
      anyOf: [
        { enum: Object.keys(routeKinds), ...enumExplained(Object.values(routeKinds)) },
        // Empty is not written, and spaces around it do not count.
        { pattern: `^\\s*(${Object.keys(routeKinds).join('|')})?\\s*$`, doNotSuggest: true },
      ],
    },
  ),
  options,
};

const extraRouteKeys = Object.keys(routeFields);

/** One entry of `extra_routes`. What it does not say, it has from the section around it. */
export const extraRoute = mapping(
  'extraRoute',
  'Another host of the same service, with a `from` of its own. What it does not say, it has from the section around it.',
  routeFields,
  unknownKeys(extraRouteKeys, optionKeys),
);

const sectionFields = {
  ...routeFields,
  extra_routes: list(
    {
      meaning:
        'More hosts of this service, each with its own `from`. All other settings are inherited from this section. In the section of a cluster, the list replaces the one of `default`.',
      default: 'none',
      example: '[{ from: docs.corp.example.com }]',
    },
    extraRoute,
  ),
  skipauthpreflight: flag(
    { meaning: 'An old spelling: write `skip_auth_preflight` below `options` instead.' },
    { deprecated: true, doNotSuggest: true },
  ),
  passaccesstoken: flag(
    { meaning: 'An old spelling: write `pass_access_token` below `options` instead.' },
    { deprecated: true, doNotSuggest: true },
  ),
};

const sectionKeys = Object.keys(sectionFields);

/** `default`, or the section of one cluster. */
export const section = mapping(
  'section',
  'The service in one cluster: `default` holds in all of them, and what the section of a cluster (`UPSTREAM_CLUSTER`) writes is laid over it, option by option.',
  sectionFields,
  unknownKeys(sectionKeys, optionKeys),
);

/** Beside the sections these keys do nothing, and a restriction among them would be lost. */
export const misplacedKeys: ReadonlySet<string> = new Set([...sectionKeys, ...optionKeys]);

/** One entry of `extra_routes` as read. */
export type ExtraRoute = Values<typeof routeFields>;

/** A section as read. */
export type Section = Values<typeof sectionFields>;

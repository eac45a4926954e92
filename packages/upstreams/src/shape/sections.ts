import type { z } from 'zod';
import { headers } from './headers.ts';
import { keysOf, list, mapping } from './reader.ts';
import { duration, entry, flag, publicPath, slug, text } from './values.ts';

/** `options`: what a route does beyond leading from here to there. All of them may be left out. */
export const optionsSchema = mapping('What this route does beyond leading from `from` to `to`.', {
  allowed_groups: list(
    'Groups that may pass. Compared exactly. `["*"]` alone: any group. Default: `UPSTREAM_DEFAULT_GROUPS`.',
    entry('a group'),
  ).optional(),
  allowed_email_domains: list(
    'Domains whose addresses may pass, without their subdomains. `["*"]` alone: anybody who can sign in. Default: `UPSTREAM_DEFAULT_EMAIL_DOMAINS`.',
    entry('a domain'),
  ).optional(),
  allowed_email_addresses: list(
    'Addresses that may pass. `["*"]` alone: anybody who can sign in. Default: `UPSTREAM_DEFAULT_EMAIL_ADDRESSES`.',
    entry('an address'),
  ).optional(),
  skip_auth_regex: list(
    'Paths that need no sign-in: patterns in RE2 syntax. They match anywhere in the path unless they begin with `^`.',
    publicPath,
  ).optional(),
  skip_auth_preflight: flag('Lets CORS preflight requests through without sign-in.').optional(),
  provider_slug: slug.optional(),
  inject_request_headers: headers('Headers that are set on requests of people who are signed in.').optional(),
  header_overrides: headers(
    'Headers that are set on responses, in place of those of the application.',
  ).optional(),
  timeout: duration(
    'How long the application may take to begin its answer. Default: `UPSTREAM_DEFAULT_TIMEOUT`.',
  ).optional(),
  reset_deadline: duration(
    'After how long connections to the application are opened anew, so that a changed DNS name is noticed. Default: `UPSTREAM_DEFAULT_RESETDEADLINE`.',
  ).optional(),
  flush_interval: text('Read for compatibility. Streams and WebSockets work without it.', {
    type: ['string', 'integer'],
  }).optional(),
  preserve_host: flag('Sends the host that the browser asked for, not the host of `to`.').optional(),
  pass_access_token: flag("Sends the person's access token of the provider along.").optional(),
  skip_request_signing: flag('Sends no request signatures.').optional(),
  tls_skip_verify: flag(
    'Accepts any certificate of the application. Better: give it one that can be checked.',
  ).optional(),
}).meta({ id: 'options' });

const route = {
  from: text(
    'The host name that people type; with `type: rewrite` a pattern in RE2 syntax that matches the whole host name.',
    {
      examples: ['wiki.corp.example.com'],
    },
  ).optional(),
  to: text(
    'The address of the application; with `type: rewrite` a template in which `$1` and `${name}` stand for groups of `from`.',
    {
      examples: ['http://wiki.internal:8080'],
    },
  ).optional(),
  type: text('`simple` when left out.', { enum: ['simple', 'rewrite', 'launcher'] }).optional(),
  options: optionsSchema.optional(),
};

/** One entry of `extra_routes`. What it does not say, it has from the section around it. */
export const extraRouteSchema = mapping('Another host of the same service.', route).meta({
  id: 'extraRoute',
});

/** `default`, or the section of one cluster. */
export const sectionSchema = mapping('The service in one cluster. `default` holds for all of them.', {
  ...route,
  extra_routes: list(
    'Further hosts of this service. What they do not say, they have from this section.',
    extraRouteSchema,
  ).optional(),
  skipauthpreflight: flag('Write `skip_auth_preflight` below `options` instead.')
    .meta({ deprecated: true })
    .optional(),
  passaccesstoken: flag('Write `pass_access_token` below `options` instead.')
    .meta({ deprecated: true })
    .optional(),
}).meta({ id: 'section' });

/** Beside the sections these keys do nothing, and a restriction among them would be lost. */
export const MISPLACED: ReadonlySet<string> = new Set([...keysOf(sectionSchema), ...keysOf(optionsSchema)]);

/** `options` as read. Keys that are not written are not there. */
export type Options = z.output<typeof optionsSchema>;

/** One entry of `extra_routes` as read. */
export type ExtraRoute = z.output<typeof extraRouteSchema>;

/** A section as read. */
export type Section = z.output<typeof sectionSchema>;

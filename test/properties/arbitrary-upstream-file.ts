import type { UpstreamInput } from '@latchkey/upstreams';
import * as fc from 'fast-check';
import { dump } from 'js-yaml';

/** A valid upstream file with its environment, and hosts of which some are in it. */
export type GeneratedFile = { input: UpstreamInput; hosts: readonly string[] };

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
const anyText = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ maxLength: 8, unit: 'grapheme' }),
  fc.constantFrom('', ' ', '~', 'null', 'yes', '1e3', "it's", 'a: b #c', '&a', '<<', '\n', '\0', '\x85'),
);
/** What stands where a text is meant, and looks like something else to most readers of YAML. */
const lookalike = fc.constantFrom(12, 0.5, -1, true, false);

/** A key without a value counts as not written. */
function orNothing<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(value, { freq: 9 });
}

const headerText = fc.oneof(
  fc.stringMatching(/^[ -~\xA0-\xFF]{0,12}$/),
  fc.constantFrom('null', '0', 'a: b', "'", '"'),
);
const headerName = fc.constantFrom(
  'X-One',
  'x-one',
  'X-Two',
  'Authorization',
  'true',
  'null',
  '1',
  '~',
  "it's",
);
const headers = fc
  .uniqueArray(fc.tuple(headerName, fc.oneof(headerText, fc.integer(), fc.boolean(), fc.constant(null))), {
    selector: ([name]) => name.toLowerCase(),
    maxLength: 3,
  })
  .map((entries) => Object.fromEntries(entries));

const group = fc.oneof(word, fc.constantFrom('*', 'Ops', 'ops@example.com', 'with space', 'no', '12', 'é'));
const groups = fc.array(group, { minLength: 1, maxLength: 3 });
const groupsOrLookalikes = fc.array(fc.oneof({ arbitrary: group, weight: 5 }, lookalike), {
  minLength: 1,
  maxLength: 3,
});
const domains = fc.array(fc.constantFrom('example.com', 'Example.ORG', '*'), { minLength: 1, maxLength: 2 });
const addresses = fc.array(fc.constantFrom('ann@example.com', 'Bob@Example.com', '*'), {
  minLength: 1,
  maxLength: 2,
});
const duration = fc.oneof(
  fc.constantFrom('10s', '1m30s', '1500us', '1.5h', '100ms', '.5s', '+5s', '1h0.001s', '0', 0),
  fc.integer({ min: 1, max: 1_800_000_000 }).map((ms) => `${ms}ms`),
  fc.double({ min: 0.01, max: 1_000, noNaN: true }).map((seconds) => `${seconds.toFixed(7)}s`),
);
const pattern = fc.constantFrom(
  '^/public/',
  '\\.css$',
  '^/(?P<v>v[0-9]+)/health$',
  '(?i)^/a b$',
  "^/it's",
  '^/{2}',
  '"',
);

const claim = fc.oneof(fc.constantFrom('$email', '$groups', '$$5', 'Viewer', "it's"), fc.integer());
const origins = fc.array(
  fc.constantFrom('https://app.example.com', 'HTTP://APP.example.com:80', 'http://[::1]:4200'),
  {
    maxLength: 2,
  },
);
const cors = fc.record(
  {
    origins,
    methods: fc.array(fc.constantFrom('PUT', 'DELETE'), { maxLength: 2 }),
    headers: orNothing(fc.array(fc.constantFrom('X-A', 'Content-Type'), { maxLength: 2 })),
    credentials: fc.boolean(),
    max_age: orNothing(duration),
  },
  { requiredKeys: [] },
);

const waitFor = fc.record(
  {
    path: fc.constantFrom('/', '/login?a=b'),
    timeout: orNothing(duration),
    expect: fc.constantFrom(200, '200-399', '404'),
  },
  { requiredKeys: ['path'] },
);

const options = fc.record(
  {
    allowed_groups: orNothing(groupsOrLookalikes),
    allowed_email_domains: domains,
    allowed_email_addresses: orNothing(addresses),
    skip_auth_regex: orNothing(fc.array(fc.oneof(pattern, fc.constant(404)), { maxLength: 3 })),
    skip_auth_preflight: orNothing(fc.boolean()),
    provider_slug: orNothing(
      fc.constantFrom<unknown>('', 'google', 'okta-2', 7, [], ['google', 'okta-2', 7]),
    ),
    max_auth_age: orNothing(fc.constantFrom('0', '1m', '8h')),
    idle_timeout: fc.constantFrom(0, '90s', '1h30m'),
    cors: orNothing(cors),
    wait_for: orNothing(waitFor),
    // Injected ones may be what it writes itself.
    aws_sigv4: fc.constantFrom(null, {}, { service: '', region: null }),
    allowed_origins: orNothing(origins),
    strip_request_headers: fc.array(fc.constantFrom('X-Debug-*', 'Authorization', '1'), { maxLength: 2 }),
    inject_request_headers: orNothing(headers),
    header_overrides: headers,
    // Injected ones may not have its name, so it is one that they never have.
    assertion_header: fc.constantFrom('X-Who-Asks', 'X-Who-Asks: Bearer', 'X-Latchkey-Jwt-Assertion'),
    assertion_claims: fc.dictionary(fc.constantFrom('role', 'https://example.com/team', 'login'), claim, {
      maxKeys: 3,
    }),
    timeout: orNothing(duration),
    reset_deadline: duration,
    keep_alive: duration,
    flush_interval: orNothing(fc.constantFrom('1s', 1, true)),
    preserve_host: orNothing(fc.boolean()),
    preserve_location: fc.boolean(),
    pass_access_token: fc.boolean(),
    allow_root_service_worker: fc.boolean(),
    forward_auth: fc.boolean(),
    skip_request_signing: fc.boolean(),
    // The others have to go with `to`.
    protocol: fc.constant('http1'),
    tls_skip_verify: fc.boolean(),
    ca_file: fc.constantFrom('', '/etc/a b.pem', 7),
    server_name: fc.constantFrom('', 'app.internal'),
    unheard_of: word,
  },
  { requiredKeys: [] },
);

const target = fc
  .tuple(
    fc.constantFrom('', '', 'http://', 'https://', 'HTTP://'),
    fc.constantFrom('app', 'app.internal', 'APP.example.com', '10.0.0.7', '[::1]', 'my_app'),
    fc.constantFrom('', ':8080', ':443'),
    fc.constantFrom('', '/', '/base', '/base/', '/a%2Fb', '?q=1', '/base?a=1&b=%20'),
  )
  .map((parts) => parts.join(''));
const template = fc.constantFrom(
  'http://${name}.internal',
  '$1.internal:8080',
  'all.internal/$name?h=$1',
  '$1x.internal',
);

/** Where a route is and leads; `host` is a name that no other route of the file has. */
function place(host: string) {
  const simple = fc.record({
    from: fc
      .tuple(
        fc.constantFrom('', 'https://', 'http://'),
        fc.constantFrom('', ':8080'),
        fc.constantFrom('', '/path'),
      )
      .map(([scheme, port, path]) => `${scheme}${host}${port}${path}`),
    to: target,
    type: fc.constantFrom('simple', null, ''),
  });
  const rewrite = fc.record({
    from: fc
      .constantFrom('^(?P<name>[a-z]+)-', '(?P<name>.*)-')
      .map((start) => `${start}${host.replaceAll('.', '\\.')}`),
    to: template,
    type: fc.constant('rewrite'),
  });
  const launcher = fc.record({
    from: fc.constant(host.toUpperCase()),
    type: fc.constantFrom('launcher', ' launcher '),
  });
  return fc.oneof({ arbitrary: simple, weight: 4 }, { arbitrary: rewrite, weight: 2 }, launcher);
}

/** An extra route; one without a `to` has that of its service, where that is an address and no template. */
function extraRoute(host: string) {
  return fc
    .record({ where: place(host), options: fc.option(options), inherits: fc.boolean() })
    .map(({ where, options, inherits }) => (simpleParent: boolean) => {
      const { to, ...rest } = { to: undefined, ...where };
      return { ...rest, ...(to !== undefined && !(inherits && simpleParent) && { to }), options };
    });
}

function extraRoutes(service: number) {
  return fc
    .integer({ min: 0, max: 3 })
    .chain((count) =>
      fc.tuple(...Array.from({ length: count }, (_, at) => extraRoute(hostOf(service, at + 1)))),
    );
}

function service(at: number) {
  const parts = fc.record({
    name: fc.oneof(
      fc.constantFrom('wiki', 'two words', '12', 12, 'no', false, 'é'),
      fc.constantFrom(`service${at}`, `s ${at}`),
    ),
    beside: fc.record(
      {
        title: orNothing(fc.oneof({ arbitrary: anyText, weight: 5 }, lookalike)),
        description: orNothing(anyText),
        icon: fc.oneof({ arbitrary: anyText, weight: 5 }, lookalike),
        hidden: orNothing(fc.boolean()),
      },
      { requiredKeys: [] },
    ),
    where: place(hostOf(at, 0)),
    options: fc.option(options),
    extras: extraRoutes(at),
    over: fc.option(fc.record({ options: fc.option(options), passaccesstoken: fc.boolean() })),
    extrasOver: fc.option(extraRoutes(at)),
    elsewhere: fc.constantFrom({}, { staging: { from: 7 } }),
  });
  return parts.map(({ name, beside, where, options, extras, over, extrasOver, elsewhere }) => {
    const isSimple = where.type !== 'rewrite' && where.type?.trim() !== 'launcher';
    return {
      service: name,
      ...beside,
      default: { ...where, options, extra_routes: extras.map((extra) => extra(isSimple)) },
      prod: over && {
        ...over,
        ...(extrasOver && { extra_routes: extrasOver.map((extra) => extra(isSimple)) }),
      },
      ...elsewhere,
    };
  });
}

function hostOf(service: number, route: number): string {
  return `r${route}.s${service}.example.com`;
}

const services = fc
  .integer({ min: 0, max: 4 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => service(at))));

/** In a file with settings for all services, those without options of their own have common ones: an anchor. */
const root = fc.oneof(
  services,
  fc
    .record({ common: options, defaults: fc.option(options), services })
    .map(({ common, defaults, services }) => ({
      'x-common': common,
      defaults,
      services: services.map((service) => ({
        ...service,
        default: { ...service.default, options: service.default.options ?? common },
      })),
    })),
);

/** How the same values may be written: with anchors or without, in one line or several, `yes` for `true`, as a template. */
type Writing = {
  noRefs: boolean;
  flowLevel: number;
  lineWidth: number;
  truth: string;
  templated: boolean;
};

const writing: fc.Arbitrary<Writing> = fc.record({
  noRefs: fc.boolean(),
  flowLevel: fc.constantFrom(-1, 0, 3, 5),
  lineWidth: fc.constantFrom(40, -1),
  truth: fc.constantFrom('true', 'Yes', 'on', 'y'),
  templated: fc.boolean(),
});

function write(value: unknown, { truth, templated, ...how }: Writing): string {
  const text = dump(value, how).replaceAll(/(?<=: )true(?=$|[,}])/gm, truth);
  return templated ? text.replaceAll('example.com', '{{root_domain}}') : text;
}

/** Any valid file: the environment lets somebody in everywhere, since a route that nobody may use is an error. */
export const upstreamFile: fc.Arbitrary<GeneratedFile> = fc
  .record({
    text: fc.tuple(root, writing).map(([value, how]) => write(value, how)),
    cluster: fc.constantFrom('', 'prod', 'default', 'dev'),
    scheme: fc.constantFrom('http' as const, 'https' as const),
    defaults: fc.record({
      groups,
      emailDomains: fc.oneof(fc.constant([]), domains),
      emailAddresses: fc.constant([]),
      timeoutMs: fc.constantFrom(10_000, 1.5),
      resetDeadlineMs: fc.constant(60_000),
      provider: fc.constant('google'),
    }),
  })
  .map((generated) => ({
    input: { ...generated, file: 'upstreams.yml', templateVariables: { root_domain: 'example.com' } },
    hosts: [0, 1, 2, 3].flatMap((at) =>
      [0, 1, 2].flatMap((route) => [hostOf(at, route), `a-${hostOf(at, route)}`]),
    ),
  }));

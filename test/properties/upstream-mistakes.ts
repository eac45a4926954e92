import { dump } from 'js-yaml';

type Value = Record<string, unknown>;

/** A way to break the valid file of these tests, which gives exactly one diagnostic. */
export type Mistake = {
  code: string;
  /** What it touches. Two mistakes are independent when nothing that one touches is, or is in, what the other touches. */
  touches: readonly string[];
  /** Whether JSON Schema can tell. */
  inSchema: boolean;
  /** Puts it where `touches` says first; undefined takes the key away. */
  value: unknown;
};

const tell = (code: string, place: string, value: unknown, ...alsoTouches: string[]): Mistake => ({
  code,
  touches: [place, ...alsoTouches],
  inSchema: true,
  value,
});
const beyondSchema = (...mistake: Parameters<typeof tell>): Mistake => ({
  ...tell(...mistake),
  inSchema: false,
});

const options = 'services.0.default.options';

export const mistakes: readonly Mistake[] = [
  tell('LK207', `${options}.timeout`, 30),
  tell('LK207', `${options}.timeout`, '30 seconds'),
  tell('LK207', `${options}.timeout`, '-5s'),
  beyondSchema('LK207', `${options}.timeout`, '30ns'),
  beyondSchema('LK207', `${options}.timeout`, '501h'),
  tell('LK205', `${options}.timeout`, ['5s']),
  tell('LK207', `${options}.reset_deadline`, ''),
  tell('LK206', `${options}.tls_skip_verify`, 'maybe'),
  tell('LK206', `${options}.tls_skip_verify`, 1),
  tell('LK206', `${options}.preserve_host`, 'true'),
  tell('LK206', `${options}.skip_auth_preflight`, [true]),
  tell('LK204', `${options}.allowed_groups`, 'eng'),
  tell('LK204', `${options}.allowed_groups`, { eng: true }),
  tell('LK208', `${options}.allowed_groups`, ['']),
  tell('LK208', `${options}.allowed_groups`, ['eng', ' ']),
  tell('LK208', `${options}.allowed_groups`, ['eng', null]),
  tell('LK205', `${options}.allowed_groups`, [['eng']]),
  tell('LK208', `${options}.skip_auth_regex`, ['^/a$', '']),
  tell('LK213', `${options}.skip_auth_regex`, ['a'.repeat(1001)]),
  beyondSchema('LK213', `${options}.skip_auth_regex`, ['^/(?!admin)']),
  tell('LK214', `${options}.provider_slug`, 'a/b'),
  tell('LK214', `${options}.provider_slug`, ['google', 'a/b']),
  tell('LK208', `${options}.provider_slug`, ['google', '']),
  tell('LK205', `${options}.flush_interval`, {}),
  tell('LK203', `${options}.inject_request_headers`, ['X-A']),
  tell('LK212', `${options}.inject_request_headers`, { 'X A': 'b' }),
  tell('LK212', `${options}.inject_request_headers`, { cOnnection: 'close' }),
  tell('LK205', `${options}.header_overrides`, { 'X-A': ['b'] }),
  tell('LK217', `${options}.assertion_header`, 'X A'),
  beyondSchema('LK217', `${options}.assertion_header`, 'Cookie'),
  tell('LK218', `${options}.assertion_claims`, { iss: 'x' }),
  tell('LK218', `${options}.assertion_claims`, { login: '$mail' }),
  tell('LK212', `${options}.header_overrides`, { 'X-A': 'b\nc' }),
  tell('LK212', `${options}.header_overrides`, { 'X-A': '\u20AC' }),
  beyondSchema('LK212', `${options}.header_overrides`, { 'X-A': 'b', 'x-a': 'c' }),
  beyondSchema('LK223', `${options}.max_auth_age`, '59s'),
  tell('LK207', `${options}.idle_timeout`, 30),
  tell('LK219', `${options}.strip_request_headers`, ['*']),
  tell('LK219', `${options}.strip_request_headers`, ['X-*-Y']),
  beyondSchema('LK219', `${options}.strip_request_headers`, ['Connection']),
  tell('LK224', `${options}.protocol`, 'grpc'),
  tell('LK220', `${options}.allowed_origins`, ['null']),
  tell('LK220', `${options}.allowed_origins`, ['https://app.example.com/']),
  beyondSchema('LK220', `${options}.allowed_origins`, ['https://app.example.com:99999']),
  tell('LK204', `${options}.cors.origins`, 'https://app.example.com'),
  tell('LK220', `${options}.cors.origins`, ['*']),
  tell('LK221', `${options}.cors.methods`, ['*']),
  tell('LK203', `${options}.cors`, ['https://app.example.com']),
  tell('LK202', `${options}.cors.origin`, ['https://app.example.com']),
  tell('LK250', `${options}.wait_for.path`, 'login'),
  tell('LK250', `${options}.wait_for.expect`, '2xx'),
  tell('LK250', `${options}.wait_for.expect`, 99),
  beyondSchema('LK250', `${options}.wait_for.expect`, '399-200'),
  tell('LK203', `${options}.wait_for`, '/login'),
  tell('LK203', `${options}.ssh_certificate`, '/etc/latchkey/ssh-ca'),
  tell('LK620', `${options}.aws_sigv4.service`, 'VPC Lattice'),
  tell('LK620', `${options}.aws_sigv4.region`, 'Frankfurt'),
  tell('LK203', `${options}.aws_sigv4`, 'vpc-lattice-svcs'),
  tell('LK202', `${options}.tmeout`, '5s'),
  tell('LK203', options, 'none'),
  tell('LK203', options, ['allowed_groups']),

  tell('LK211', 'services.0.note', 'to be removed'),
  tell('LK211', 'services.0.prod', ['from']),
  tell('LK203', 'services.0.staging.options', 5),
  tell('LK210', 'services.0.timeout', '5s'),
  tell('LK210', 'services.0.options', { timeout: '5s' }),
  tell('LK209', 'services.0.service', ' '),
  tell('LK209', 'services.0.service', undefined),
  tell('LK205', 'services.0.service', ['wiki']),
  tell('LK205', 'services.0.icon', {}),
  tell('LK206', 'services.0.hidden', 'perhaps'),

  tell('LK205', 'services.1.default.from', ['wiki.example.com']),
  beyondSchema('LK302', 'services.1.default.from', undefined),
  beyondSchema('LK305', 'services.1.default.from', 'wiki example'),
  tell('LK205', 'services.1.default.to', {}),
  beyondSchema('LK303', 'services.1.default.to', undefined),
  beyondSchema('LK306', 'services.1.default.to', 'ftp://wiki'),
  tell('LK202', 'services.1.default.form', 'wiki.example.com'),
  tell('LK202', 'services.1.default.timeout', '5s'),
  beyondSchema('LK310', 'services.1.default.options.allowed_groups', undefined),
  beyondSchema('LK310', 'services.1.default.options', undefined),
  tell('LK211', 'services.1.default', 'none'),

  tell('LK304', 'services.2.default.type', 'static', 'services.2.default'),
  tell('LK205', 'services.2.default.type', ['rewrite'], 'services.2.default'),
  beyondSchema('LK307', 'services.2.default.from', '^(?!x)(.*)[.]example[.]com$', 'services.2.default.to'),
  beyondSchema('LK306', 'services.2.default.to', 'ftp://$1'),
  beyondSchema('LK308', 'services.2.default.to', 'http://$1x.internal', 'services.2.default.from'),

  tell('LK204', 'services.3.default.extra_routes', { from: 'a.example.com' }),
  beyondSchema('LK305', 'services.3.default.extra_routes.0.from', 'a b'),
  beyondSchema('LK306', 'services.3.default.extra_routes.0.to', 'http://a:x'),
  tell('LK207', 'services.3.default.extra_routes.0.options', { timeout: 5 }),
  tell('LK202', 'services.3.default.extra_routes.0.optoins', {}),
  beyondSchema('LK309', 'services.3.default.extra_routes.1.from', undefined),
  beyondSchema(
    'LK309',
    'services.3.default.extra_routes.1.from',
    'SERVICE3.example.com.',
    'services.3.default.from',
  ),
  tell('LK304', 'services.3.default.extra_routes.1.type', 'redirect', 'services.3.default.extra_routes.1'),
  tell('LK203', 'services.3.default.extra_routes.2', 'c.example.com'),

  beyondSchema('LK309', 'services.4.default.from', 'service5.example.com', 'services.5.default.from'),
  tell('LK203', 'services.6', 5),
  tell('LK203', 'services.6', ['service']),
  tell('LK207', 'defaults.timeout', '1d'),
  tell('LK203', 'defaults.inject_request_headers', 'X-A'),
  tell('LK202', 'defaults.from', 'a.example.com'),
];

/** Whether each can be made without the other becoming visible or invisible. */
export function areIndependent(one: Mistake, other: Mistake): boolean {
  return one.touches.every((place) => other.touches.every((another) => !isWithin(place, another)));
}

function isWithin(place: string, another: string): boolean {
  return `${place}.`.startsWith(`${another}.`) || `${another}.`.startsWith(`${place}.`);
}

/** The valid file with these mistakes in it, as YAML. */
export function fileWith(some: readonly Mistake[]): string {
  const file = validFile();
  for (const { touches, value } of some) put(file, touches[0]?.split('.') ?? [], value);
  return dump(file);
}

function put(within: Value, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length > 0) put((within[key] ??= {}) as Value, rest, value);
  else if (value === undefined) delete within[key];
  else within[key] = value;
}

function validFile(): Value {
  const services = [0, 1, 2, 3, 4, 5].map((at) => ({
    service: `service${at}`,
    default: {
      from: `service${at}.example.com`,
      to: `http://service${at}`,
      options: { allowed_groups: ['eng'] },
    },
  }));
  Object.assign(services[2]?.default ?? {}, {
    type: 'rewrite',
    from: '^(.*)[.]apps[.]example[.]com$',
    to: 'http://$1.internal',
  });
  Object.assign(services[3]?.default ?? {}, {
    extra_routes: ['a', 'b', 'c'].map((name) => ({ from: `${name}.example.com` })),
  });
  return { defaults: { preserve_host: true }, services };
}

/** Who asks, in one word. */
export type Asker = 'engineer' | 'contractor' | 'admin' | 'partner' | 'ci' | 'visitor';

/** A request that a rule is tried with, and whether it passes. */
export type Try = {
  readonly by: Asker;
  readonly passes: boolean;
  readonly method?: string;
  readonly path?: string;
  readonly address?: string;
  /** UTC */
  readonly time?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** the serial number of the certificate of the device */
  readonly device?: string;
  /** what a server in front says of it, in a header of `device_headers` */
  readonly managed?: string;
  readonly forwardAuth?: true;
};

/** A rule of docs/policies.md. */
export type Example = {
  readonly title: string;
  readonly rule: string;
  /** in the root of the file, for all routes */
  readonly guardrail?: true;
  readonly tags?: string;
  /** what else the reader should know */
  readonly text?: string;
  readonly tries: readonly Try[];
};

const office = '198.51.100.7';
const home = '203.0.113.9';

/** Twenty rules that people ask for. Each is tried in `policies.test.ts`. */
export const examples: readonly Example[] = [
  {
    title: 'Only from the office or the VPN',
    guardrail: true,
    rule: `- name: office-only
  deny_if: '!(request.address in networks.office)'
  message: Connect to the VPN first.`,
    text: 'It reads no fact of `user` or `machine`. So it applies on public paths, too, and refuses a visitor without asking for a sign-in.',
    tries: [
      { by: 'engineer', address: office, passes: true },
      { by: 'engineer', address: home, passes: false },
      { by: 'visitor', address: home, path: '/public/logo', passes: false },
      { by: 'visitor', address: office, path: '/public/logo', passes: true },
    ],
  },
  {
    title: 'Contractors may only read',
    rule: `- name: contractors-read
  deny_if: '"contractors@example.com" in user.groups && !(request.method in ["GET", "HEAD"])'
  message: Contractors may only read.`,
    tries: [
      { by: 'contractor', passes: true },
      { by: 'contractor', method: 'POST', passes: false },
      { by: 'engineer', method: 'POST', passes: true },
    ],
  },
  {
    title: 'Administration pages only for administrators',
    guardrail: true,
    rule: `- name: admin-area
  deny_if: request.path.lowerAscii().startsWith("/admin") && !("admins@example.com" in user.groups)
  status: 404`,
    text: 'Rules compare paths exactly, but some applications answer `/Admin` like `/admin`: hence `lowerAscii`. If a path can be read in two ways, `request.path` is absent and the rule refuses everybody but administrators. A visitor has no groups, so a public path below `/admin` asks for a sign-in.',
    tries: [
      { by: 'admin', path: '/admin/users', passes: true },
      { by: 'engineer', path: '/admin/users', passes: false },
      { by: 'engineer', path: '/Admin/users', passes: false },
      { by: 'engineer', path: '/page', passes: true },
      { by: 'engineer', path: '/%61dmin//users', passes: false },
      { by: 'visitor', path: '/admin/public/', passes: false },
    ],
  },
  {
    title: 'Only in working hours',
    rule: `- name: working-hours
  deny_if: |
    request.time.getDayOfWeek("Europe/Berlin") == 0 ||
    request.time.getDayOfWeek("Europe/Berlin") == 6 ||
    request.time.getHours("Europe/Berlin") < 7 ||
    request.time.getHours("Europe/Berlin") >= 19`,
    text: 'Day 0 is Sunday. A WebSocket that is still open at 19:00 is closed within `SESSION_TTL_VALID`.',
    tries: [
      { by: 'engineer', time: '2026-03-02T06:30:00Z', passes: true },
      { by: 'engineer', time: '2026-03-02T18:30:00Z', passes: false },
      { by: 'engineer', time: '2026-03-01T10:00:00Z', passes: false },
    ],
  },
  {
    title: 'Only with a fresh sign-in',
    rule: `- name: fresh-sign-in
  deny_if: request.time - user.auth_time > duration("1h")`,
    text: 'The rule refuses and does not ask for a new sign-in; [`max_auth_age`](upstreams.md#max_auth_age) does. It refuses everybody whose provider does not report the time of the sign-in, such as Google.',
    tries: [
      { by: 'engineer', time: '2026-03-02T09:30:00Z', passes: true },
      { by: 'engineer', time: '2026-03-02T10:30:00Z', passes: false },
      { by: 'partner', time: '2026-03-02T09:30:00Z', passes: false },
    ],
  },
  {
    title: 'A fresh sign-in only for writing',
    rule: `- name: fresh-for-writing
  deny_if: request.method != "GET" && request.time - user.auth_time > duration("15m")`,
    tries: [
      { by: 'engineer', time: '2026-03-02T10:30:00Z', passes: true },
      { by: 'engineer', time: '2026-03-02T10:30:00Z', method: 'DELETE', passes: false },
      { by: 'engineer', time: '2026-03-02T09:10:00Z', method: 'DELETE', passes: true },
    ],
  },
  {
    title: 'Partners see one part only',
    rule: `- name: partners
  allow_if: user.domain == "partner.example" && request.path.startsWith("/shared/")`,
    tries: [
      { by: 'partner', path: '/shared/plan', passes: true },
      { by: 'partner', path: '/page', passes: false },
      { by: 'partner', path: '/shared/../page', passes: false },
      { by: 'engineer', path: '/page', passes: true },
    ],
  },
  {
    title: 'Nobody but our own domain, whatever a route says',
    guardrail: true,
    rule: `- name: own-domain
  allow_if: user.domain == "example.com"
- name: machines
  allow_if: has(machine.client)`,
    text: 'An `allow_if` of the guardrail lets nobody in by itself: one of them has to be true, and then the route decides. These rules apply on public paths, too, so those ask for a sign-in.',
    tries: [
      { by: 'engineer', passes: true },
      { by: 'partner', path: '/shared/plan', passes: false },
      { by: 'visitor', path: '/public/logo', passes: false },
    ],
  },
  {
    title: 'Internal applications from the office, the others from anywhere',
    guardrail: true,
    tags: '[internal]',
    rule: `- name: internal-from-office
  deny_if: '"internal" in route.tags && !(request.address in networks.office)'`,
    text: 'Write `tags: [internal]` among the options of each internal route.',
    tries: [
      { by: 'engineer', address: office, passes: true },
      { by: 'engineer', address: home, passes: false },
    ],
  },
  {
    title: 'Writing from managed devices only',
    rule: `- name: managed-devices
  deny_if: request.method != "GET" && device.managed != "true"
  message: Use your company laptop for this.`,
    text: 'This needs `device_headers: { managed: X-Device-Managed }` in the root of the file, and servers in front that set or remove this header, whatever their callers send. If the header is missing or comes twice, the rule cannot be decided, and refuses. With certificates that an ALB verifies, write `!has(device.serial_number)` in place of `device.managed != "true"`.',
    tries: [
      { by: 'engineer', passes: true },
      { by: 'engineer', method: 'POST', passes: false },
      { by: 'engineer', method: 'POST', headers: { 'x-device-managed': 'true' }, passes: false },
      { by: 'engineer', method: 'POST', managed: 'true', passes: true },
      { by: 'engineer', method: 'POST', managed: 'false', passes: false },
    ],
  },
  {
    title: 'Certificates of one authority',
    rule: `- name: our-devices
  deny_if: '!device.issuer.endsWith("O=Example Inc")'`,
    text: 'Without a certificate the issuer is absent, so the rule cannot be decided, and refuses.',
    tries: [
      { by: 'engineer', passes: false },
      { by: 'engineer', device: '0A1B', passes: true },
    ],
  },
  {
    title: 'A lost device',
    guardrail: true,
    rule: `- name: lost-devices
  deny_if: has(device.serial_number) && device.serial_number in ["0BAD", "0BAE"]`,
    tries: [
      { by: 'engineer', passes: true },
      { by: 'engineer', device: '0A1B', passes: true },
      { by: 'engineer', device: '0BAD', passes: false },
    ],
  },
  {
    title: 'A person who has left the company',
    guardrail: true,
    rule: `- name: has-left
  deny_if: has(user.email) && user.email in ["partner@partner.example"]`,
    text: 'The rule counts as soon as the file is loaded. Because of `has`, it stops neither machines nor visitors on public paths. [`latchkey sessions revoke`](operating.md) also ends the sessions of this person.',
    tries: [
      { by: 'partner', path: '/shared/plan', passes: false },
      { by: 'engineer', passes: true },
      { by: 'visitor', path: '/public/logo', passes: true },
    ],
  },
  {
    title: 'Only sign-ins of the company provider',
    rule: `- name: company-provider
  deny_if: has(user.email) && user.idp != "okta"`,
    text: 'A person who comes with a token of another issuer has no `user.idp`, so the rule refuses them, too.',
    tries: [
      { by: 'engineer', passes: true },
      { by: 'partner', path: '/shared/plan', passes: false },
    ],
  },
  {
    title: 'A CI job of one repository',
    rule: `- name: deploy-job
  allow_if: |
    machine.issuer == "https://token.actions.example.com" &&
    machine.claims.repository == "example/wiki" &&
    machine.claims.ref == "refs/heads/main"`,
    tries: [
      { by: 'ci', passes: true },
      { by: 'visitor', passes: false },
    ],
  },
  {
    title: 'A scope for writing',
    rule: `- name: scope-for-writing
  deny_if: has(machine.client) && request.method != "GET" && !("wiki.write" in machine.scopes)
- name: scope-for-reading
  allow_if: '"wiki.read" in machine.scopes'`,
    tries: [
      { by: 'ci', passes: true },
      { by: 'ci', method: 'PUT', passes: false },
      { by: 'engineer', method: 'PUT', passes: true },
    ],
  },
  {
    title: 'Machines from our own network',
    guardrail: true,
    rule: `- name: machines-inside
  deny_if: has(machine.client) && !(request.address in networks.office)`,
    tries: [
      { by: 'engineer', address: home, passes: true },
      { by: 'ci', address: home, passes: false },
    ],
  },
  {
    title: 'No exports',
    rule: `- name: no-exports
  deny_if: request.path.lowerAscii().matches("[.](?:csv|xlsx|zip)$") && !("admins@example.com" in user.groups)
  message: Exports are for administrators.`,
    tries: [
      { by: 'engineer', path: '/report.csv', passes: false },
      { by: 'engineer', path: '/report.CSV', passes: false },
      { by: 'admin', path: '/report.csv', passes: true },
      { by: 'engineer', path: '/report', passes: true },
    ],
  },
  {
    title: 'A maintenance window',
    guardrail: true,
    rule: `- name: maintenance
  deny_if: |
    request.time >= timestamp("2026-03-07T20:00:00Z") &&
    request.time < timestamp("2026-03-08T04:00:00Z") &&
    !("admins@example.com" in user.groups)
  message: We are back on Sunday morning.`,
    tries: [
      { by: 'engineer', time: '2026-03-07T21:00:00Z', passes: false },
      { by: 'admin', time: '2026-03-07T21:00:00Z', passes: true },
      { by: 'engineer', time: '2026-03-08T04:00:00Z', passes: true },
    ],
  },
  {
    title: 'Not through the server in front',
    rule: `- name: through-the-proxy
  deny_if: request.forward_auth && request.method != "GET"`,
    tries: [
      { by: 'engineer', method: 'POST', passes: true },
      { by: 'engineer', method: 'POST', forwardAuth: true, passes: false },
    ],
  },
];

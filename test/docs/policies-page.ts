import { factGroups } from '@latchkey/policy';
import { examples } from './policies.ts';
import type { Example } from './policies.ts';

const introduction = `<!-- generated: do not edit; run npx --yes pnpm@12.21.0 run docs -->

# Policies

A list of groups says who may use an application. A **policy** says more: from where, when, with which device, with which method, and for whom not. Its rules are expressions in [CEL](https://cel.dev), the language of Kubernetes admission policies and of Envoy, and they read facts about the person, the machine, the request, the device and the route.

\`\`\`yaml
networks: { office: [198.51.100.0/24, 2001:db8:5::/48] }
policy: # the guardrail: for every application
  - name: office-only
    deny_if: '!(request.address in networks.office)'
    message: Connect to the VPN first.
services:
  - service: wiki
    default:
      from: wiki.corp.example.com
      to: http://wiki.internal:8080
      options:
        allowed_groups: [engineering@example.com, contractors@example.com]
        policy: # for this application
          - name: contractors-read
            deny_if: |
              "contractors@example.com" in user.groups && request.method != "GET"
\`\`\`

A rule has a \`name\`, either \`deny_if\` or \`allow_if\`, and if need be a \`message\` for the person and \`status: 404\` to hide that there is something. The name stands on the page of the refusal, in its JSON (\`policy\`), in the audit log, in log lines, in metrics and in \`latchkey explain\`; the expression is shown to operators alone.

## What decides

1. **Each \`deny_if\`**, those of the guardrail first. One that holds refuses, whatever else there is.
2. **The \`allow_if\` of the guardrail**, if it has any: one of them has to hold. That lets nobody in yet.
3. **The route**: any one \`allow_if\` of its policy or entry of its \`allowed_\` lists lets in. An \`allow_if\` lets in people and machines, never a visitor: without sign-in there is \`skip_auth_regex\`. A list that is missing is taken from the environment, so beside \`UPSTREAM_DEFAULT_EMAIL_DOMAINS\` an \`allow_if\` restricts nobody: write \`deny_if\` ([LK401](diagnostics.md#lk401-more-than-one-kind-of-rule)).

**What cannot be decided refuses.** A fact can be absent: a visitor has no \`user\`, a person no \`machine\`, and a path that can be read in two ways is no \`request.path\`. Where a rule needs an absent fact, an \`allow_if\` does not let in, and a \`deny_if\` refuses (\`rule_undecided\`). \`has(user.email)\` asks whether there is one; of a device of which something is said twice, or under another spelling, \`has\` cannot be decided either, nor of a path or a method that is absent: its sender saw to that ([LK341](diagnostics.md#lk341-a-has-that-is-never-false)). \`&&\` and \`||\` are decided by the other side where that is enough.

**Public paths** (\`skip_auth_regex\`, \`skip_auth_preflight\`) are public as far as every \`deny_if\` and the \`allow_if\` of the guardrail let a visitor through. Where one does not, and asks who it is, the path is like any other: people sign in, programs get 401. Where it does not ask who it is, the answer is its refusal.

**The addresses of the proxy itself** (\`/oauth2/…\`, \`/ping\`) are outside: signing in and out has to work. Those that tell whether somebody may pass, such as \`/oauth2/auth\`, ask the same rules, with method and path absent. Preflights of origins that \`cors\` names are answered by the proxy and never reach an application, so no rule is asked. The launcher shows what a visit to the first page would get.

**WebSockets** are requests like any other, and while one is open its rules are asked again with the time and the groups of then, every \`SESSION_TTL_VALID\`.

**A decision is kept** for a person as long as nothing new is known of them, if the rules read facts of \`user\`, \`machine\` and \`route\` alone. Rules that read the request or the time are asked each time, which takes about a microsecond at most ([decision 69](decisions/0069-rules-as-expressions.md)).
`;

const language = `## The language

- **compare**: \`==\` \`!=\`, and \`<\` \`<=\` \`>\` \`>=\` for numbers, times and durations
- **combine**: \`&&\` \`||\` \`!\` \`a ? b : c\`
- **lists**: \`user.domain in ["a.example", "b.example"]\`, \`machine.scopes.exists(s, s.startsWith("wiki."))\`, \`.all(…)\`, \`size(…)\`
- **groups**: \`"admins@example.com" in user.groups\`, by name: the provider is asked about those that the file names
- **texts**: \`.startsWith("/a")\` \`.endsWith("b")\` \`.contains("c")\` \`.matches("^/v[0-9]+/")\` (RE2) \`.lowerAscii()\`
- **networks**: \`request.address in networks.office\`
- **headers**: \`request.headers["x-client"]\`, \`"x-client" in request.headers\`; never \`cookie\` or \`authorization\`
- **time**: \`request.time - user.auth_time < duration("1h30m")\`, \`timestamp("2026-12-24T18:00:00Z")\`, \`request.time.getHours("Europe/Berlin")\`, \`getMinutes\`, \`getDayOfWeek\` (0 is Sunday), \`getDate\`, \`getMonth\` (0 is January), \`getFullYear\`
- **presence**: \`has(device.serial_number)\`

Everything has a type, and is checked when the file is read: a misspelt fact, a text compared with a number or a pattern that is none is an error with its line and column inside the expression ([LK330](diagnostics.md#lk330-a-rule-that-is-not-whole) and the following). What a rule costs is bounded: 1000 characters, 50 rules to a policy, no loop inside a loop.

In YAML an expression that begins with a quote, \`!\`, \`[\` or \`{\`, or that holds \`: \` or \` #\`, stands in single quotes, or on lines of its own below \`|\`.
`;

/** docs/policies.md: how rules are written, every fact, and examples that `policies.test.ts` tries. */
export function renderPolicies(): string {
  return [introduction, facts(), language, '## Twenty rules\n', ...examples.map(renderExample), behind].join(
    '\n',
  );
}

function facts(): string {
  const groups = Object.entries(factGroups).map(([group, { meaning, facts: members }]) => {
    const rows = Object.entries(members).map(
      ([name, { meaning: about, value }]) => `- \`${group}.${name}\`, ${value.type}: ${about}`,
    );
    return `**\`${group}\`**: ${meaning}\n\n${rows.join('\n')}\n`;
  });
  return ['## Facts\n', ...groups, notThere].join('\n');
}

const notThere = `A \`claim\` is JSON of any type: it is equal to nothing of another type, and \`.startsWith\` of a claim that is no text cannot be decided.

**Devices.** An ALB that verifies certificates says whose they are: \`SERVER_DEVICE_CERTIFICATES\`. What other servers in front say of a device, a \`device_headers\` in the root of the file makes a fact of:

\`\`\`yaml
device_headers: { managed: X-Device-Managed, id: X-Device-Id } # device.managed, device.id
\`\`\`

Such a header counts from \`SERVER_TRUSTED_PROXIES\` alone, and goes on to the application from them alone. From anybody else it is removed, in every spelling. It is absent where it is empty, comes twice, or in another spelling as well. **Every server in \`SERVER_TRUSTED_PROXIES\` has to set or remove it, whatever its caller sends**: one that passes on what a browser wrote, as an ALB does with headers that it does not know, lets browsers say what they like. In nginx that is \`proxy_set_header X-Device-Managed $managed;\`.
`;

function renderExample({ title, guardrail, rule, text }: Example): string {
  const where = guardrail === true ? 'In the root of the file:' : 'Among the options of a route:';
  return `### ${title}\n\n${text === undefined ? '' : `${text} `}${where}\n\n\`\`\`yaml\npolicy:\n${rule.replaceAll(/^/gm, '  ')}\n\`\`\`\n`;
}

const behind = `## Before it is live

\`latchkey explain\` shows each rule, what it says and every fact that it reads: \`latchkey explain upstreams.yml --cluster prod --url https://wiki.corp.example.com/page --as eve@partner.example --ip 203.0.113.9 --time 2026-03-02T23:30:00Z\`. \`latchkey check\` warns of rules that can never hold or that shut everybody out, of an \`allow_if\` behind a \`deny_if\` that refuses the same, of whole domains where administrators work, of scopes that nobody gives and of paths that let in more than is meant. It says what is certain, and nothing of the rest. \`latchkey diff\` says which rules came, went or changed; whom a changed expression lets in it cannot tell, and says so. It also says which networks were widened, and which rules name them, and what became of tags, issuers and service accounts.
`;

import { factGroups } from '@latchkey/policy';
import { examples } from './policies.ts';
import type { Example } from './policies.ts';

const introduction = `<!-- generated: do not edit; run npx --yes pnpm@12.21.0 run docs -->

# Policies

A list of groups says who may use an application. A **policy** says more: from where, when, with which device, with which method, and who may not. Its rules are expressions in [CEL](https://cel.dev), the language of Kubernetes admission policies and of Envoy. They read facts about the person, the machine, the request, the device and the route.

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

A rule has a \`name\` and either \`deny_if\` or \`allow_if\`. A \`deny_if\` may also have a \`message\` for the person, and \`status: 404\` to hide that the page exists. The name is shown on the page of the refusal, in its JSON (\`policy\`), in the audit log, in log lines, in metrics and by \`latchkey explain\`. Only operators see the expression.

## The order of the rules

1. **Each \`deny_if\`**, those of the guardrail first. If one is true, the request is refused, and no other rule changes that.
2. **The \`allow_if\` of the guardrail**, if there are any. One of them has to be true. That alone lets nobody in.
3. **The route.** One true \`allow_if\` of its policy, or one matching entry of its \`allowed_\` lists, lets in. An \`allow_if\` lets in people and machines, and never a visitor, who is somebody without sign-in; paths for visitors are in \`skip_auth_regex\`. A list that the route does not have is taken from the environment. So if \`UPSTREAM_DEFAULT_EMAIL_DOMAINS\` is set, an \`allow_if\` restricts nobody of these domains: write a \`deny_if\` ([LK401](diagnostics.md#lk401-more-than-one-kind-of-rule)).

**A rule that cannot be decided refuses.** A fact can be absent: a visitor has no \`user\`, a person has no \`machine\`, and a request whose path can be read in two ways has no \`request.path\`. If a rule needs an absent fact, an \`allow_if\` does not let in, and a \`deny_if\` refuses (\`rule_undecided\`). \`has(user.email)\` asks whether a fact is there. \`has\` itself cannot be decided about an absent path or method, because the sender can make it absent ([LK341](diagnostics.md#lk341-a-has-that-is-never-false)). The same is true of a header that comes twice or in two spellings, and of a fact about a device that comes in such a header. If one side of \`&&\` or \`||\` is enough, the other side need not be decided: \`false && …\` is false.

**Public paths** (\`skip_auth_regex\`, \`skip_auth_preflight\`) are public only if every \`deny_if\`, and the \`allow_if\` of the guardrail, let a visitor through. If a rule that reads \`user\` or \`machine\` stops the visitor, the path is like any other: people sign in, programs get 401. If a rule that reads neither stops the visitor, the request is refused: no sign-in would change that.

**The addresses of the proxy itself** (\`/oauth2/…\`, \`/ping\`): signing in and out always has to work, so no rule applies to them, except to those that say whether somebody has access, such as \`/oauth2/auth\`, or give it, such as \`/oauth2/tcp\`. There the rules apply with method and path absent. The proxy answers preflights of origins that \`cors\` names. They never reach an application, so no rule applies to them. The launcher applies the rules to a visit of the first page of each application.

**WebSockets** are requests like any other. While one is open, the proxy applies the rules again every \`SESSION_TTL_VALID\`, with the current time and groups.

**Decisions are cached** if the rules read only facts of \`user\`, \`machine\` and \`route\`: the decision about a person is used again until something about that person changes. Rules that read the request or the time are evaluated for each request, which takes about a microsecond at most ([decision 69](decisions/0069-rules-as-expressions.md)).
`;

const language = `## The language

- **compare**: \`==\` \`!=\`, and \`<\` \`<=\` \`>\` \`>=\` for numbers, times and durations
- **combine**: \`&&\` \`||\` \`!\` \`a ? b : c\`
- **lists**: \`user.domain in ["a.example", "b.example"]\`, \`machine.scopes.exists(s, s.startsWith("wiki."))\`, \`.all(…)\`, \`size(…)\`
- **groups**: \`"admins@example.com" in user.groups\`, by name: the groups that the file names are looked up at the provider
- **texts**: \`.startsWith("/a")\` \`.endsWith("b")\` \`.contains("c")\` \`.matches("^/v[0-9]+/")\` (RE2) \`.lowerAscii()\`
- **networks**: \`request.address in networks.office\`
- **headers**: \`request.headers["x-client"]\`, \`"x-client" in request.headers\`; never \`cookie\` or \`authorization\`
- **time**: \`request.time - user.auth_time < duration("1h30m")\`, \`timestamp("2026-12-24T18:00:00Z")\`, \`request.time.getHours("Europe/Berlin")\`, \`getMinutes\`, \`getDayOfWeek\` (0 is Sunday), \`getDate\`, \`getMonth\` (0 is January), \`getFullYear\`
- **presence**: \`has(device.serial_number)\`

Everything has a type, and is checked when the file is read. A misspelt fact, a text compared with a number, or an invalid pattern is an error, with its line and column inside the expression ([LK330](diagnostics.md#lk330-an-incomplete-rule) and the following). The cost of rules is limited: 1000 characters in an expression, 50 rules in a policy, no loop inside a loop.

In YAML, put an expression in single quotes, or on its own lines below \`|\`, if it begins with a quote, \`!\`, \`[\` or \`{\`, or contains \`: \` or \` #\`.
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

const notThere = `A \`claim\` is JSON of any type. It is never equal to a value of another type, and \`.startsWith\` of a claim that is not a text cannot be decided.

**Devices.** An ALB that verifies certificates sends their subject, issuer and serial number in headers; with \`SERVER_DEVICE_CERTIFICATES=true\` these are facts. Other servers in front can describe a device in headers of their own. \`device_headers\` in the root of the file makes facts of them:

\`\`\`yaml
device_headers: { managed: X-Device-Managed, id: X-Device-Id } # device.managed, device.id
\`\`\`

Such a header counts only from \`SERVER_TRUSTED_PROXIES\`, and only from them does it reach the application. From anybody else it is removed, in every spelling. The fact is absent if the header is empty, comes twice, or also comes in another spelling. **Every server in \`SERVER_TRUSTED_PROXIES\` has to set or remove this header, whatever its caller sends.** A server that forwards the header of a browser, as an ALB does with headers that it does not know, lets the browser choose its value. In nginx write \`proxy_set_header X-Device-Managed $managed;\`.
`;

function renderExample({ title, guardrail, rule, text }: Example): string {
  const where = guardrail === true ? 'In the root of the file:' : 'Among the options of a route:';
  return `### ${title}\n\n${text === undefined ? '' : `${text} `}${where}\n\n\`\`\`yaml\npolicy:\n${rule.replaceAll(/^/gm, '  ')}\n\`\`\`\n`;
}

const behind = `## Before it is live

\`latchkey explain\` shows each rule, its expression and every fact that it reads: \`latchkey explain upstreams.yml --cluster prod --url https://wiki.corp.example.com/page --as eve@partner.example --ip 203.0.113.9 --time 2026-03-02T23:30:00Z\`. \`latchkey check\` warns of rules that can never be true or that shut everybody out, of an \`allow_if\` after a \`deny_if\` that refuses the same people, of whole domains on applications for administrators, of scopes that nobody has, and of paths that let in more people than intended. It warns only of what is certain. \`latchkey diff\` lists the rules that were added, removed or changed. It cannot tell whom a changed expression lets in, and says so. It also lists networks that were widened, with the rules that name them, and changes to tags, issuers and service accounts.
`;

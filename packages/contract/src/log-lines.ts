import { z } from 'zod';

const when = {
  time: z.iso.datetime().optional(),
  level: z.string().optional(),
  service: z.string().optional(),
};
const user = z.string().describe('the e-mail address of a person, or what a machine is called');
const groups = z.array(z.string());

/** What one request leaves in the log. Never a query string, a cookie, a code or a token: those are keys to accounts. */
export const requestLine = z.object({
  id: z.string().describe('of the request, as on error pages and in `X-Request-Id`'),
  trace_id: z.string().optional().describe('with which its spans are found, where tracing is on'),
  amzn_trace_id: z.string().optional().describe('by which AWS X-Ray and the log of an ALB know it'),
  method: z.string(),
  host: z.string().optional().describe('in lower case, without a port'),
  path: z.string().optional().describe('as it came, without the query'),
  status: z.int().describe('of the answer; 0: the caller left before there was one'),
  duration: z.number().describe('milliseconds'),
  client: z.string().optional().describe('the address that it came from'),
  route: z.string().optional().describe('the route that answers for it'),
  reason: z.string().optional().describe('why it was let in or was not: the reason of the decision'),
  policy: z.string().optional().describe('the name of the rule of a `policy` that decided'),
  user: user.optional(),
  client_id: z
    .string()
    .optional()
    .describe('the program that called with a token, in its own or a person’s name'),
  scope: z.string().optional().describe('what that token lets it do: scopes with blanks between'),
  question: z
    .literal(true)
    .optional()
    .describe('at the proxy: a server in front asked about it, and forwards it by itself'),
  application: z
    .string()
    .optional()
    .describe('at auth: the host of the application that it leads to, where that is certain'),
  error: z.string().optional().describe('a code of [errors.md](errors.md)'),
  detail: z.string().optional().describe('what went wrong, for the operator'),
});
export type RequestLine = z.infer<typeof requestLine>;

/** What the proxy says of a principal when it lets one of its requests through, at first and once an hour. */
export const principalLine = z.object({
  user,
  kind: z.enum(['person', 'machine']),
  groups: groups
    .optional()
    .describe('among those that routes name, which they are in; absent: that is not known'),
  client_id: z.string().optional().describe('as on the lines of its requests'),
  issuer: z.string().optional().describe('who issued its token'),
  subject: z.string().optional().describe('whom the token is of'),
});
export type PrincipalLine = z.infer<typeof principalLine>;

/** The lines of the log that programs may read, by their `msg`; other lines and their words may change. */
export const logLines = {
  request: requestLine.extend({ ...when, msg: z.literal('request') }).meta({ title: 'one request' }),
  principal: principalLine
    .extend({ ...when, msg: z.literal('principal') })
    .meta({ title: 'who sends requests, where that or their groups are new, and once an hour' }),
};

/** The JSON Schema of these lines. */
export function renderLogSchema(): string {
  const schema = z.toJSONSchema(z.union([logLines.request, logLines.principal]), { io: 'input' });
  return `${JSON.stringify(schema, null, 2)}\n`;
}

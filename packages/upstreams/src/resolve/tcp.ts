import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { Options } from '../shape/options.ts';
import { readable, unreadableValue } from '../shape/reader.ts';
import type { Located } from '../shape/reader.ts';
import type { Position, StartTls, TcpLimits } from '../types.ts';
import { isTcp } from './target.ts';

/** Options about requests of HTTP. Those about TLS are reported to have no effect wherever `to` has none. */
export const aboutHttp = [
  'skip_auth_regex',
  'skip_auth_preflight',
  'cors',
  'strip_request_headers',
  'inject_request_headers',
  'header_overrides',
  'assertion_header',
  'assertion_claims',
  'forward_auth',
  'preserve_host',
  'wait_for',
  'aws_sigv4',
] as const;

type Context = {
  readonly to: Located<string> | undefined;
  /** where the route stands */
  readonly at: Position;
};

/** How long the connections of a route may be open; undefined where it is a route of HTTP. */
export function resolveTcp(options: Options, { to, at }: Context, report: Report): TcpLimits | undefined {
  const { tcp } = options;
  if (to === undefined || !isTcp(to.value)) {
    if (tcp !== undefined && tcp !== unreadableValue) {
      report('tcpWithoutTarget', tcp.at, '`tcp` has no effect without `to: tcp://…`: remove it');
    }
    return undefined;
  }
  for (const option of aboutHttp.filter((name) => isSaid(options[name]))) {
    report(
      'tcpIsNotHttp',
      at,
      `\`${option}\` has no effect on ${quote(to.value)}: remove it from this route`,
    );
  }
  if (tcp === undefined || tcp === unreadableValue) return {};
  const idleMs = readable(tcp.idle_timeout)?.value;
  const longestMs = readable(tcp.max_duration)?.value;
  return { ...(idleMs && { idleMs }), ...(longestMs && { longestMs }) };
}

/** How TLS begins on the connections of a route; undefined where it begins at once, or never. */
export function resolveStartTls(
  options: Options,
  to: Located<string> | undefined,
  report: Report,
): StartTls | undefined {
  const written = readable(options.starttls);
  if (written === undefined || written.value === '') return undefined;
  if (to !== undefined && !/^tcp:/i.test(to.value)) {
    const advice = isTcp(to.value) ? 'begins with TLS: write `to: tcp://…`' : 'is not TCP: remove it';
    report(
      'startTlsUnusable',
      written.at,
      `\`starttls\` has no effect on ${quote(to.value)}, which ${advice}`,
    );
  }
  return written.value;
}

function isSaid(written: Options[(typeof aboutHttp)[number]]): boolean {
  const value: unknown = readable<unknown>(written);
  if (value === undefined || value === false) return false;
  return !Array.isArray(value) || value.length > 0;
}

import { foldName } from '@latchkey/identity';
import type { Report } from '../problems.ts';
import type { WrittenSigv4 } from '../shape/aws-sigv4.ts';
import { unreadableValue } from '../shape/reader.ts';
import type { Unreadable } from '../shape/reader.ts';
import type { AwsSigv4, Route } from '../types.ts';
import type { Reach } from './reach.ts';

type Beside = Pick<Route, 'injectRequestHeaders' | 'assertionHeader'> & {
  readonly kind: Route['kind'] | undefined;
  readonly reach: Reach | undefined;
};

/** For what requests of a route are signed. Without a service and a region, as without the option, for nothing. */
export function resolveSigv4(
  written: WrittenSigv4 | Unreadable | undefined,
  { kind, reach, injectRequestHeaders, assertionHeader }: Beside,
  report: Report,
): AwsSigv4 | undefined {
  if (written === undefined || written === unreadableValue) return undefined;
  const { at, service, region } = written;
  if (service === unreadableValue || region === unreadableValue) return undefined;
  const [named, inRegion] = [service?.value ?? '', region?.value ?? ''];
  if (named === '' && inRegion === '') return undefined;
  if (named === '' || inRegion === '') {
    report(
      'sigv4Unusable',
      at,
      `\`aws_sigv4\` has no \`${named === '' ? 'service' : 'region'}\`: write both`,
    );
    return undefined;
  }
  if (kind === 'launcher') {
    report('sigv4WithoutEffect', at, '`aws_sigv4` has no effect on a route of `type: launcher`: remove it');
    return undefined;
  }
  const set = [...injectRequestHeaders.map(([name]) => name), assertionHeader.name];
  const other = set.find((name) => foldName(name) === 'authorization' || foldName(name).startsWith('x-amz-'));
  if (other !== undefined) {
    report(
      'sigv4Header',
      at,
      `\`aws_sigv4\` writes ${other} itself: remove it from \`inject_request_headers\` or \`assertion_header\``,
    );
    return undefined;
  }
  const target = reach !== undefined && 'target' in reach ? reach.target : undefined;
  if (target?.socketPath === undefined && target?.origin.startsWith('http:')) {
    report(
      'sigv4InTheOpen',
      at,
      '`aws_sigv4` does not sign bodies, and `to` has no TLS to protect them: write `to: https://…`',
    );
  }
  return { service: named, region: inRegion };
}

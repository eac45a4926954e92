import { isAboutDevice, isReserved } from '@latchkey/identity';
import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { quotedId } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

/** Headers of `inject_request_headers` that the proxy leaves out. */
export function lintIdentityHeaders({ file, source, table }: LintSubject): Finding[] {
  return table.routes.flatMap((route) =>
    route.injectRequestHeaders
      .filter(([name]) => isReserved(name))
      .map(([name]) => {
        const why = isAboutDevice(name) ? 'is about the device of a person' : 'is set only by the proxy';
        const message = `${name} ${why}, so the line has no effect for ${quotedId(route)}: choose another name`;
        return findingOf(lints.identityHeader, { file, ...source.placeOf(route, name) }, message);
      }),
  );
}

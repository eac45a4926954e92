import { targetText } from '@latchkey/contract';
import type { ConnectorTarget } from '@latchkey/contract';
import type { AllowedTarget } from '@latchkey/settings';

/** A target, and the applications whose assertions open it. */
export type Allowed = { readonly target: ConnectorTarget; readonly audiences: readonly string[] };

/** All that may be dialed, by the text with which the proxy asks for it. */
export function allowList(targets: readonly AllowedTarget[]): ReadonlyMap<string, Allowed> {
  const all = new Map<string, { target: ConnectorTarget; audiences: string[] }>();
  for (const { target, audience } of targets) {
    const allowed = all.get(targetText(target)) ?? { target, audiences: [] };
    if (audience !== undefined) allowed.audiences.push(audience);
    all.set(targetText(target), allowed);
  }
  return all;
}

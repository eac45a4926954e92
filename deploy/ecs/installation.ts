import type { Auth } from './auth.ts';
import type { Parts } from './parts.ts';
import type { Proxy } from './proxy.ts';

/** Both services, with what they were made with: what alarms watch, and what applications are put behind. */
export type Installation = { readonly parts: Parts; readonly auth: Auth; readonly proxy: Proxy };

import type { Principal } from './principal.ts';

/** What is believed of what the sender of a request says of a device. */
export type DeviceTrust = {
  /** in the headers that the upstream file names */
  readonly headers: boolean;
  /** of its certificate, as an ALB does that has verified it */
  readonly certificate: boolean;
};

/** Nothing of it. */
export const noDeviceTrust: DeviceTrust = { headers: false, certificate: false };

/** What expressions may read of a request, each at the moment when one does. */
export type AskedRequest = {
  /** absent at addresses of our own, and where a header tells the application another one */
  readonly method: string | undefined;
  readonly host: string;
  /** of the caller; empty where it is not known */
  readonly address: string;
  /** as they came, name after name with its value */
  readonly rawHeaders: readonly string[];
  /** a server in front asks about it; absent at addresses of our own, where one may ask as well */
  readonly forwardAuth: boolean | undefined;
  readonly deviceTrust: DeviceTrust;
  /** milliseconds since the epoch */
  readonly now: () => number;
};

/** What rules may read of a request. */
export type Facts = {
  /** the canonical path; undefined when the path has two readings, and then no rule that grants may match it */
  readonly path: string | undefined;
  /** it is a CORS preflight */
  readonly preflight: boolean;
  /** undefined where no expression reads it */
  readonly asked?: AskedRequest | undefined;
};

/** The facts of no request in particular: nothing is public here. */
export const noFacts: Facts = { path: undefined, preflight: false };

/** What expressions may know of a route. */
export type RouteFacts = { readonly service: string; readonly tags: readonly string[] };

/** All that rules look at. */
export type RuleFacts = Facts & { readonly principal: Principal; readonly route: RouteFacts };

/** What an expression is decided with. */
export type RuleInput = Pick<RuleFacts, 'principal' | 'path' | 'asked' | 'route'>;

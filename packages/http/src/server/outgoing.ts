import { EnvHttpProxyAgent, setGlobalDispatcher } from 'undici';

/** What `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say. */
export type OutgoingProxy = {
  readonly http?: string;
  readonly https?: string;
  /** hosts that are reached without it, with commas between them */
  readonly except?: string;
};

// As Go does: nobody means their own machine.
const never = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Sends this process's own questions (to providers, to auth) through the outgoing proxy, if there is one. Requests to applications go their
 * own way.
 */
export function useOutgoingProxy({ http, https, except = '' }: OutgoingProxy): void {
  if (http === undefined && https === undefined) return;
  const agent = new EnvHttpProxyAgent({
    ...(http !== undefined && { httpProxy: http }),
    ...(https !== undefined && { httpsProxy: https }),
    noProxy: [...never, ...except.split(',').filter((host) => host.trim() !== '')].join(','),
  });
  setGlobalDispatcher(agent);
}

import { inNetworks, readNetwork } from '@latchkey/networks';
import { Agent, EnvHttpProxyAgent, setGlobalDispatcher } from 'undici';

/** What `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say. */
export type OutgoingProxy = {
  readonly http?: string;
  readonly https?: string;
  /** hosts, domains and address ranges that are reached without it, with commas between them */
  readonly except?: string;
};

/**
 * Sends this process's own questions (to providers, to auth) through the outgoing proxy, if there is one. Requests to
 * applications go their own way. As in Go, nobody means their own machine, and an address range counts for hosts that are
 * written as addresses.
 */
export function useOutgoingProxy({ http, https, except = '' }: OutgoingProxy): void {
  if (http === undefined && https === undefined) return;
  const entries = except.split(',').map((entry) => entry.trim());
  const names = entries.filter((entry) => entry !== '' && !entry.includes('/'));
  const ranges = ['127.0.0.0/8', '::1/128', ...entries].map(readNetwork);
  const isDirect = inNetworks(ranges.filter((range) => range !== undefined));
  const direct = new Agent();
  const proxied = new EnvHttpProxyAgent({
    ...(http !== undefined && { httpProxy: http }),
    ...(https !== undefined && { httpsProxy: https }),
    noProxy: ['localhost', ...names].join(','),
  });
  setGlobalDispatcher(
    proxied.compose(
      (dispatch) =>
        function chooseWay(options, handler) {
          const { hostname } = new URL(String(options.origin));
          const address = hostname.replace(/^\[|\]$/g, '');
          return isDirect(address) ? direct.dispatch(options, handler) : dispatch(options, handler);
        },
    ),
  );
}

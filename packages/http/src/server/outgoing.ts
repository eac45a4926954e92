import { BlockList, isIP } from 'node:net';
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
  const isDirect = rangesOf(['127.0.0.0/8', '::1/128', ...entries]);
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
          return isDirect(hostname) ? direct.dispatch(options, handler) : dispatch(options, handler);
        },
    ),
  );
}

function rangesOf(entries: readonly string[]): (hostname: string) => boolean {
  const ranges = new BlockList();
  for (const entry of entries) {
    const [address = '', bits = ''] = entry.split('/');
    const family = isIP(address);
    if (family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)) {
      ranges.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
    }
  }
  return function isListed(hostname) {
    const address = hostname.replace(/^\[|\]$/g, '');
    const family = isIP(address);
    return family !== 0 && ranges.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
}

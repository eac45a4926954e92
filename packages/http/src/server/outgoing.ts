import { Agent, ProxyAgent, setGlobalDispatcher } from 'undici';
import type { Dispatcher } from 'undici';
import { createProxyFor } from './proxy-for.ts';
import type { OutgoingProxy } from './proxy-for.ts';

/**
 * Sends this process's own questions (to providers, to auth) through the outgoing proxy, where there is one. Connections to
 * applications are opened elsewhere, by the same choice.
 *
 * @returns what a log line says of it, without the names and passwords that addresses may hold; undefined where there is none
 */
export function useOutgoingProxy(outgoing: OutgoingProxy): Record<string, string> | undefined {
  if (outgoing.http === undefined && outgoing.https === undefined) return undefined;
  const proxyFor = createProxyFor(outgoing);
  const agents = new Map<string, Dispatcher>();

  function agentOf({ href }: URL): Dispatcher {
    const agent = agents.get(href) ?? new ProxyAgent(href);
    agents.set(href, agent);
    return agent;
  }

  setGlobalDispatcher(
    new Agent().compose(
      (dispatch) =>
        function chooseWay(options, handler) {
          const { protocol, hostname, port } = new URL(String(options.origin));
          const isSecure = protocol === 'https:';
          const proxy = proxyFor({
            isSecure,
            host: hostname.replace(/^\[|\]$/g, ''),
            port: port === '' ? (isSecure ? 443 : 80) : Number(port),
          });
          return proxy === undefined ? dispatch(options, handler) : agentOf(proxy).dispatch(options, handler);
        },
    ),
  );
  return named(outgoing);
}

function named({ http, https, except }: OutgoingProxy): Record<string, string> {
  return {
    ...(http !== undefined && { HTTP_PROXY: new URL(http).origin }),
    ...(https !== undefined && { HTTPS_PROXY: new URL(https).origin }),
    ...(except !== undefined && { NO_PROXY: except }),
  };
}

import { inNetworks, plainAddress, readNetwork } from '@latchkey/networks';
import { domainToASCII } from 'node:url';

/** What `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say. */
export type OutgoingProxy = {
  readonly http?: string;
  readonly https?: string;
  /** hosts, domains and address ranges that are reached without it, with commas between them */
  readonly except?: string;
};

/** Somebody on the network whom we ask; an address is without brackets. */
export type NetworkTarget = { readonly isSecure: boolean; readonly host: string; readonly port: number };

/** Gives the outgoing proxy that leads to somebody; undefined for whom we ask ourselves. */
export type ProxyFor = (asked: NetworkTarget) => URL | undefined;

type Fits = (asked: NetworkTarget) => boolean;

const isLoopback = inNetworks(['127.0.0.0/8', '::1'].map(readNetwork).filter((range) => range !== undefined));

/**
 * Makes the choice of the outgoing proxy, as Go makes it (golang.org/x/net/http/httpproxy), and with it BuzzFeed SSO:
 * `HTTPS_PROXY` for HTTPS alone, `HTTP_PROXY` for plain HTTP alone, and none to this machine itself.
 *
 * Go does not take `HTTP_PROXY` where there is `REQUEST_METHOD`: in CGI it is a header of the request (CVE-2016-5385). We are
 * no CGI program, and the header `Proxy` reaches no application of ours.
 */
export function createProxyFor({ http, https, except = '' }: OutgoingProxy): ProxyFor {
  const plain = http === undefined ? undefined : new URL(http);
  const secure = https === undefined ? undefined : new URL(https);
  const exceptions = except
    .toLowerCase()
    .split(/[,\s]+/)
    .map(exceptionOf)
    .filter((exception) => exception !== undefined);
  return function proxyFor(asked) {
    const proxy = asked.isSecure ? secure : plain;
    if (proxy === undefined || isThisMachine(asked)) return undefined;
    return exceptions.some((fits) => fits(asked)) ? undefined : proxy;
  };
}

// RFC 6761, section 6.3: all names below `localhost` are the machine itself, too.
function isThisMachine({ host }: NetworkTarget): boolean {
  return isLoopback(host) || /(?:^|\.)localhost\.?$/i.test(host);
}

function exceptionOf(entry: string): Fits | undefined {
  if (entry === '*') return () => true;
  const range = entry.includes('/') ? readNetwork(entry) : undefined;
  if (range !== undefined) {
    const isInRange = inNetworks([range]);
    return ({ host }) => isInRange(host);
  }
  const { name, port } = partsOf(entry);
  if (name === '') return undefined;
  const address = plainAddress(name);
  const fits =
    address === undefined ? namedBy(name) : ({ host }: NetworkTarget) => plainAddress(host) === address;
  return (asked) => fits(asked) && (port === undefined || port === asked.port);
}

// `example.com` stands for itself and what is below it, `.example.com` and `*.example.com` for what is below it.
function namedBy(written: string): Fits {
  const name = written.replace(/^\*?\./, '');
  const isItself = name === written;
  const ascii = domainToASCII(name) || name;
  return function isNamed({ host }) {
    const asked = host.toLowerCase().replace(/\.$/, '');
    return asked.endsWith(`.${ascii}`) || (isItself && asked === ascii);
  };
}

function partsOf(entry: string): { name: string; port: number | undefined } {
  if (plainAddress(entry) !== undefined) return { name: entry, port: undefined };
  const [, inBrackets, name = inBrackets ?? '', port] =
    /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  return { name, port: port === undefined ? undefined : Number(port) };
}

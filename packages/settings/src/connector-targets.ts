import type { ConnectorTarget } from '@latchkey/contract';
import { isIPv6 } from 'node:net';
import { parseWebAddress } from './address.ts';
import type { AllowedTarget } from './settings.ts';
import { listOf, parsePort, valueType } from './value-types.ts';

export const connectorTargets = listOf(
  'target list',
  valueType(
    'target',
    '`https://grafana.corp.example.com=localhost:3000`, the address of the application and what is to be dialed for it: host:port, unix:/path, https://host:port for HTTP over TLS, or tcp://host:port for what is not HTTP',
    readTarget,
    { example: 'https://grafana.corp.example.com=localhost:3000' },
  ),
);

function readTarget(text: string): AllowedTarget | undefined {
  const [, application, where = ''] = /^(?:(https?:\/\/[^=]*)=)?(.*)$/i.exec(text) ?? [];
  const url = application === undefined ? undefined : parseWebAddress(application);
  if (application !== undefined && (url === undefined || url.pathname !== '/' || url.search !== '')) {
    return undefined;
  }
  const target = dialed(where);
  return target === undefined ? undefined : { audience: url?.origin, target };
}

function dialed(text: string): ConnectorTarget | undefined {
  const path = /^unix:(\/[^?#\s]+)$/.exec(text)?.[1];
  // What unix(7) has room for.
  if (path !== undefined) return Buffer.byteLength(path) > 107 ? undefined : { kind: 'unix', path };
  const [, scheme = '', where = ''] = /^(tcp:\/\/|https:\/\/)?(.*)$/i.exec(text) ?? [];
  const isSecure = scheme.toLowerCase() === 'https://';
  const place = hostAndPort(where) ?? (isSecure ? hostAndPort(`${where}:443`) : undefined);
  return (
    place && { kind: 'tcp', ...place, ...(isSecure ? { secure: true } : scheme !== '' && { raw: true }) }
  );
}

/** A host and a port, IPv6 in brackets; undefined for what is none. */
export function hostAndPort(text: string): { host: string; port: number } | undefined {
  const [, bracketed, name = '', portText = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/.exec(text) ?? [];
  const port = parsePort(portText);
  if (port === undefined) return undefined;
  if (bracketed !== undefined) {
    return isIPv6(bracketed) ? { host: bracketed.toLowerCase(), port } : undefined;
  }
  const host = name.toLowerCase();
  return /^[a-z0-9_.-]{1,253}$/.test(host) ? { host, port } : undefined;
}

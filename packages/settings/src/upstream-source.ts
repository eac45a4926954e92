import { isAbsolute } from 'node:path';
import { parseWebAddress, isSecure } from './address.ts';
import { refuse } from './findings.ts';
import type { Findings } from './findings.ts';
import type { LastGoodPlace, UpstreamAddress, UpstreamSource } from './settings.ts';
import { valueType } from './value-types.ts';

const anAddress =
  's3://bucket/key, an address like https://config.example.com/upstreams.yml, ssm:/name/of/parameter or secretsmanager:name';

/** Where an upstream file is that is not on this machine. */
export const upstreamAddress = valueType('URL', anAddress, parseUpstreamAddress, {
  example: 's3://bucket/upstreams.yml',
  advise: (text) =>
    /^https?:\/\/[^/]*@/i.test(text)
      ? 'the address without name and password, and `Basic …` into UPSTREAM_CONFIG_URL_AUTHORIZATION'
      : /^http:/i.test(text)
        ? 'an https URL (http only on this machine, like http://127.0.0.1:8080)'
        : anAddress,
});

/** Where the last good version of it is kept. */
export const lastGoodPlace = valueType<LastGoodPlace>(
  'path or s3://bucket/key',
  's3://bucket/key or an absolute path',
  (text) => parseObject(text) ?? (isAbsolute(text) ? { kind: 'path', path: text } : undefined),
);

/** The `Authorization` of a request, RFC 9110, section 11.6.2: printable, with nothing that would end the line. */
export const authorizationHeader = valueType(
  'text',
  'a scheme and credentials, like `Bearer …` or `Basic …`',
  (text) => (/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [\x21-\x7e]+$/.test(text) ? text : undefined),
);

function parseUpstreamAddress(text: string): UpstreamAddress | undefined {
  const [, scheme, name = ''] = /^(ssm|secretsmanager):(?!\/\/)([\w.:/+=@-]{1,2048})$/.exec(text) ?? [];
  if (scheme === 'ssm' || scheme === 'secretsmanager') return { kind: scheme, name };
  const url = parseWebAddress(text);
  if (url !== undefined && isSecure(url)) return { kind: 'web', url };
  return parseObject(text);
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
function parseObject(text: string): Extract<UpstreamAddress, { kind: 's3' }> | undefined {
  const [, bucket, key] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/([^\s/?#][^\s?#]{0,1023})$/.exec(text) ?? [];
  return bucket === undefined || key === undefined ? undefined : { kind: 's3', bucket, key };
}

type SourceValues = {
  UPSTREAM_CONFIG_URL?: UpstreamAddress | undefined;
  UPSTREAM_CONFIG_URL_AUTHORIZATION?: string | undefined;
  UPSTREAM_CONFIG_LAST_GOOD?: LastGoodPlace | undefined;
};

/** The source part of the proxy's settings; nothing where the upstream file is on this machine. */
export function upstreamSource(values: SourceValues): { source?: UpstreamSource } {
  const { UPSTREAM_CONFIG_URL: address, UPSTREAM_CONFIG_LAST_GOOD: lastGood } = values;
  const { UPSTREAM_CONFIG_URL_AUTHORIZATION: authorization } = values;
  if (address === undefined) return {};
  return {
    source: {
      address,
      ...(authorization !== undefined && { authorization }),
      ...(lastGood !== undefined && { lastGood }),
    },
  };
}

const sources = ['UPSTREAM_CONFIG', 'UPSTREAM_CONFIG_URL', 'UPSTREAM_CONFIGFILE'] as const;

/** What the variables say together about where the upstream file comes from. */
export function checkUpstreamSource(
  values: SourceValues,
  given: ReadonlySet<string>,
  findings: Findings,
): void {
  const [first, ...others] = sources.filter((name) => given.has(name));
  if (first === undefined) {
    const message = 'not set, so every host is unknown and answers 421';
    findings.warnings.push({ variable: 'UPSTREAM_CONFIGFILE', code: 'doubtful', message });
  } else if (others.length > 0) {
    const of = others.length === 1 ? 'of the two' : 'of them';
    const message = `set together with ${others.join(' and ')}, write only one ${of}`;
    refuse({ variable: first, code: 'conflict', message, others }, findings);
  }
  const { UPSTREAM_CONFIG_URL: address, UPSTREAM_CONFIG_LAST_GOOD: lastGood } = values;
  for (const variable of ['UPSTREAM_CONFIG_LAST_GOOD', 'UPSTREAM_CONFIG_URL_AUTHORIZATION']) {
    if (!given.has(variable) || given.has('UPSTREAM_CONFIG_URL')) continue;
    const message =
      'set without UPSTREAM_CONFIG_URL, to which it belongs: write that one, too, or leave it out';
    refuse({ variable, code: 'conflict', message, others: ['UPSTREAM_CONFIG_URL'] }, findings);
  }
  if (given.has('UPSTREAM_CONFIG_URL_AUTHORIZATION') && address !== undefined && address.kind !== 'web') {
    const message = 'is only for an https address, and AWS is called with the role of the task: leave it out';
    refuse({ variable: 'UPSTREAM_CONFIG_URL_AUTHORIZATION', code: 'conflict', message }, findings);
  }
  if (address !== undefined && JSON.stringify(address) === JSON.stringify(lastGood)) {
    const message = 'is UPSTREAM_CONFIG_URL itself: write another key';
    refuse({ variable: 'UPSTREAM_CONFIG_LAST_GOOD', code: 'conflict', message }, findings);
  }
}

import { awsAudienceHeader, awsTokenLongestMs, awsTokenPrefix } from '@latchkey/access';
import type { AwsPartition } from '@latchkey/access';

/** A request to STS that somebody has signed and not sent. Nothing of it is proved. */
export type PresignedIdentity = {
  /** the origin of the application that it is for */
  readonly audience: string;
  readonly partition: AwsPartition;
  /** of STS in the region that the signature is for */
  readonly host: string;
  /** written by us, from what was read */
  readonly query: string;
  /** from when to when it counts, milliseconds since the epoch */
  readonly from: number;
  readonly until: number;
};

type Parameters = Readonly<Record<(typeof names)[number], string>>;

// Each of them once and no other: STS reads what we read.
const names = [
  'Action',
  'Version',
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Security-Token',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
] as const;

const fixed: Partial<Parameters> = {
  Action: 'GetCallerIdentity',
  Version: '2011-06-15',
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-SignedHeaders': `host;${awsAudienceHeader}`,
};

const forms: Partial<Record<keyof Parameters, RegExp>> = {
  'X-Amz-Date': /^\d{8}T\d{6}Z$/,
  'X-Amz-Expires': /^[1-9]\d{0,2}$/,
  // Who works in a role has one, and nobody else counts.
  'X-Amz-Security-Token': /^[\w+/=-]{1,8192}$/,
  'X-Amz-Signature': /^[0-9a-f]{64}$/,
};
const credential = /^[A-Z0-9]{16,128}\/(\d{8})\/([a-z0-9-]{1,32})\/sts\/aws4_request$/;

// No name that a caller makes up is looked up: these are the ways in which AWS names its regions.
const direction = '(?:north|south)?(?:east|west)|north|south|central';
const regions: Readonly<Record<AwsPartition, RegExp>> = {
  aws: new RegExp(`^(?:af|ap|ca|eu|il|me|mx|sa|us)-(?:${direction})-\\d$`),
  'aws-cn': new RegExp(`^cn-(?:${direction})-\\d$`),
  'aws-us-gov': new RegExp(`^us-gov-(?:${direction})-\\d$`),
};

/** Reads a token that begins like one of these; a text where it cannot count, which says what is wrong with it. */
export function readPresigned(token: string): PresignedIdentity | string {
  const text = Buffer.from(token.slice(awsTokenPrefix.length), 'base64url').toString('latin1');
  const [, host, query = '', audience = ''] = /^https:\/\/([^/#]*)\/\?([^#]*)#([^#]*)$/.exec(text) ?? [];
  if (host === undefined) return 'its form';
  const parameters = parametersOf(query);
  if (parameters === undefined) return 'it is another request than GetCallerIdentity, presigned';
  const flaw = names.find((name) => !isAsExpected(name, parameters));
  if (flaw !== undefined) return `another ${flaw} than is taken`;
  const [, day = '', region = ''] = credential.exec(parameters['X-Amz-Credential']) ?? [];
  const partition = partitionOf(region);
  if (partition === undefined) return 'its region, or its service (X-Amz-Credential)';
  if (host !== hostOf(region, partition)) return 'another host than STS in the region of the signature';
  const from = timeOf(parameters['X-Amz-Date'], day);
  if (from === undefined) return 'its time (X-Amz-Date)';
  const lastsMs = Number(parameters['X-Amz-Expires']) * 1000;
  if (lastsMs > awsTokenLongestMs) return 'it lasts longer than 15 minutes (X-Amz-Expires)';
  return { audience, partition, host, query: written(parameters), from, until: from + lastsMs };
}

function parametersOf(query: string): Parameters | undefined {
  const pairs = query.split('&', names.length + 1).map((pair) => pair.split('='));
  const found = new Map(pairs.map(([name = '', value = '']) => [name, decoded(value)]));
  const isWhole = pairs.every((pair) => pair.length === 2) && pairs.length === names.length;
  if (!isWhole || !names.every((name) => found.has(name))) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each of the names is there
  return Object.fromEntries(found) as Parameters;
}

function isAsExpected(name: keyof Parameters, parameters: Parameters): boolean {
  const value = parameters[name];
  return fixed[name] === undefined ? (forms[name]?.test(value) ?? true) : value === fixed[name];
}

function partitionOf(region: string): AwsPartition | undefined {
  const partitions: readonly AwsPartition[] = ['aws', 'aws-cn', 'aws-us-gov'];
  return partitions.find((partition) => regions[partition].test(region));
}

function hostOf(region: string, partition: AwsPartition): string {
  return `sts.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
}

function timeOf(text: string, day: string): number | undefined {
  const time = Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  return Number.isNaN(time) || !text.startsWith(day) ? undefined : time;
}

function written(parameters: Parameters): string {
  return names.map((name) => `${name}=${encodeURIComponent(parameters[name])}`).join('&');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

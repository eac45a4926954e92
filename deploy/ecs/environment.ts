import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { load, YAMLException } from 'js-yaml';
import { z } from 'zod';
import { namesBeyond } from './hosts.ts';

/** An environment that cannot be deployed as it is written: everything that is wrong with it, a line each. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    super([`${file} cannot be deployed:`, ...problems].join('\n  '));
    this.problems = problems;
  }
}

const text = (pattern: RegExp, wanted: string) =>
  z.string(wanted).regex(pattern, { error: wanted, abort: true });

const host = text(
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
  'write a host in lower case, like apps.example.com',
);
const pattern = text(
  /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
  'write a host like wiki.example.com, or *.example.com for all below one',
);
const range = text(/^\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}$/, 'write a range like 10.30.0.0/16');
const arn = text(/^arn:aws[a-z-]*:\S+$/, 'write an ARN, which begins with arn:aws');
const secretName = text(/^[\w/+=.@-]+$/, 'write the name of a secret in Secrets Manager');
const variables = z.record(z.string(), z.string('write text: put quotes around it'));
const oneOrMore = z.int('write a number of 1 or more').min(1, 'write a number of 1 or more');

const certificate = z.union(
  [
    z.strictObject({ arns: z.array(arn).min(1, 'name one at least') }),
    z.strictObject({
      hostedZone: z.strictObject({ id: text(/^Z\w+$/, 'write an id like Z1D633'), name: host }),
    }),
  ],
  'write arns of certificates, or a hostedZone with id and name, in which one is validated',
);

const zones = z.array(z.string()).min(2, 'name 2 or more: one zone may fail');
const network = z.union(
  [
    z.strictObject({
      cidr: range,
      zones,
      natGateways: oneOrMore,
    }),
    z.strictObject({
      vpcId: text(/^vpc-\w+$/, 'write an id like vpc-0abc'),
      zones,
      publicSubnets: z.array(
        z.strictObject({ id: text(/^subnet-\w+$/, 'write an id like subnet-0abc'), cidr: range }),
      ),
      privateSubnets: z.array(text(/^subnet-\w+$/, 'write an id like subnet-0abc')),
    }),
  ],
  'write cidr, zones and natGateways of a VPC to make, or vpcId, zones, publicSubnets and privateSubnets of one that is there',
);

const tasks = z
  .strictObject({
    min: oneOrMore,
    max: oneOrMore,
    cpu: z.literal([256, 512, 1024, 2048, 4096], 'write 256, 512, 1024, 2048 or 4096'),
    memory: z.int().min(512, 'write 512 (MiB) or more'),
  })
  .refine(({ min, max }) => min <= max, { path: ['max'], message: 'write as many as min, or more' });

const service = z.strictObject({
  tasks,
  environment: variables.default({}),
  secrets: z.record(z.string(), secretName).default({}),
});

const schema = z
  .strictObject({
    account: text(/^\d{12}$/, 'write the 12 digits of the account, in quotes'),
    region: text(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'write a region like eu-central-1'),
    image: z.strictObject({
      repository: text(/^[a-z0-9][a-z0-9._/-]*$/, 'write the name of a repository in ECR'),
      version: text(/^(?:sha256:[0-9a-f]{64}|[\w][\w.-]*)$/, 'write a tag or a digest (sha256:…)').refine(
        (version) => version !== 'latest',
        'name one version: what latest means changes under a task that is started again',
      ),
    }),
    domain: host,
    authHost: host,
    furtherHosts: z.array(pattern).default([]),
    certificate,
    network,
    namespace: text(/^[a-z0-9.-]+$/, 'write a name like internal').default('internal'),
    reachableFrom: z.array(range).min(1, 'name one at least').default(['0.0.0.0/0']),
    upstreams: z.strictObject({ file: z.string(), cluster: z.string() }),
    auth: service,
    proxy: service,
    store: z.boolean('write true or false').default(false),
    deviceCertificates: z.strictObject({ bucket: z.string(), key: z.string() }).optional(),
    firewall: text(
      /^(?:managed|arn:aws[a-z-]*:wafv2:\S+)$/,
      'write managed, or the ARN of a web ACL',
    ).optional(),
    alarms: z.strictObject({ email: z.email('write an e-mail address').optional() }).default({}),
    logDays: z
      .literal([30, 90, 180, 365, 731, 1827, 3653], 'write 30, 90, 180, 365, 731, 1827 or 3653')
      .default(365),
  })
  .refine(({ store, auth }) => store || auth.tasks.max === 1, {
    path: ['auth', 'tasks', 'max'],
    message:
      'write 1, or store: true: without a store each task of auth knows only the sign-outs it saw itself',
  })
  .refine(({ proxy }) => proxy.tasks.min >= 2, {
    path: ['proxy', 'tasks', 'min'],
    message: 'write 2 or more, one for each zone: with one, no application can be reached while it is away',
  })
  .superRefine(({ certificate, ...hosts }, context) => {
    if ('arns' in certificate) return;
    const { name } = certificate.hostedZone;
    for (const host of namesBeyond(name, hosts)) {
      context.addIssue({
        code: 'custom',
        path: ['certificate', 'hostedZone', 'name'],
        message: `${host} does not lie in ${name}, so nothing could be validated for it there; name the zone in which all hosts lie, or arns of certificates that hold them`,
      });
    }
  });

/** One environment: what differs from one installation to the next. Its name is that of its file. */
export type Environment = z.infer<typeof schema> & {
  readonly name: string;
  /** The file, to name in errors. */
  readonly file: string;
  /** The text of the upstream file. */
  readonly upstreamText: string;
};

/** What is written about the tasks of one service. */
export type TasksOfService = Environment['auth'];

/** @throws EnvironmentError with everything that is wrong */
export function readEnvironment(file: string): Environment {
  const described = parseEnvironment(readOrRefuse(file, file), file);
  const upstreams = resolve(dirname(file), described.upstreams.file);
  return { ...described, upstreamText: readOrRefuse(upstreams, file) };
}

/** @throws EnvironmentError with everything that is wrong */
export function parseEnvironment(yaml: string, file: string): Omit<Environment, 'upstreamText'> {
  const read = schema.safeParse(treeOf(yaml, file));
  if (!read.success) throw new EnvironmentError(file, read.error.issues.flatMap(sentencesOf));
  return { ...read.data, name: basename(file).replace(/\.ya?ml$/, ''), file };
}

function treeOf(yaml: string, file: string): unknown {
  try {
    return load(yaml);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new EnvironmentError(file, [error.message.split('\n', 1).join('')]);
  }
}

function readOrRefuse(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new EnvironmentError(file, [`${path} cannot be read (${why}): name a readable file`]);
  }
}

function sentencesOf(issue: z.core.$ZodIssue): string[] {
  const where = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: there is no such setting`);
  }
  return [where === '' ? issue.message : `${where}: ${issue.message}`];
}

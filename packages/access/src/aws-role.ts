/** A role of AWS: an account has one of a name, whatever path the role is filed under. */
export type AwsRole = {
  readonly partition: AwsPartition;
  /** twelve digits */
  readonly account: string;
  readonly name: string;
};

/** A separate world of AWS, with accounts and credentials of its own. */
export type AwsPartition = 'aws' | 'aws-cn' | 'aws-us-gov';

// IAM: role names have up to 64 of these, paths begin and end with a slash. STS: names of sessions have 2 to 64.
const role =
  /^arn:(aws|aws-cn|aws-us-gov):iam::(\d{12}):role\/(?:[\x21-\x2e\x30-\x7e]+\/)*([\w+=,.@-]{1,64})$/;
const assumed =
  /^arn:(aws|aws-cn|aws-us-gov):sts::(\d{12}):assumed-role\/([\w+=,.@-]{1,64})\/[\w+=,.@-]{2,64}$/;
const longest = 2_048;

/** A role by its own ARN, as IAM writes it; undefined for what is none. */
export function awsRoleOf(arn: string): AwsRole | undefined {
  return read(role, arn);
}

/** The role by the ARN of who works in it, as STS writes it, which leaves the path of the role out. */
export function assumedRoleOf(arn: string): AwsRole | undefined {
  return read(assumed, arn);
}

/** Tells whether two are one and the same. */
export function isSameRole(one: AwsRole, other: AwsRole): boolean {
  return one.partition === other.partition && one.account === other.account && one.name === other.name;
}

function read(form: RegExp, arn: string): AwsRole | undefined {
  if (arn.length > longest) return undefined;
  const [, partition, account = '', name = ''] = form.exec(arn) ?? [];
  return isPartition(partition) ? { partition, account, name } : undefined;
}

function isPartition(text: string | undefined): text is AwsPartition {
  return text === 'aws' || text === 'aws-cn' || text === 'aws-us-gov';
}

import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import type { S3Object } from '@latchkey/settings';
import { awsClient, sourceErrorOf, awsStatusOf } from './aws.ts';
import type { Fetched, Source } from './source.ts';

/** An object of a bucket, which may be written as well. */
export type ObjectInBucket = Source & {
  /**
   * Puts something in its place.
   *
   * @param over the ETag of what it replaces; absent: nothing
   * @returns whether that was what was there
   * @throws SourceError
   */
  put(
    file: Pick<Fetched, 'bytes' | 'written'>,
    over: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean>;
};

// What a copy was made of; the date of an object is that of its upload.
const writtenKey = 'written';

/** An object of S3, or of what speaks like it. The SDK is loaded when it is first asked for. */
export function s3Object({ bucket: Bucket, key: Key }: S3Object): ObjectInBucket {
  const arn = `arn:aws:s3:::${Bucket}/${Key}`;
  let opened: ReturnType<typeof open> | undefined;
  const client = () => (opened ??= open());

  return {
    name: `s3://${Bucket}/${Key}`,
    async fetch(tag, abortSignal) {
      try {
        const { s3, GetObjectCommand } = await client();
        const asked = new GetObjectCommand({ Bucket, Key, ...(tag !== undefined && { IfNoneMatch: tag }) });
        return await fetched(await s3.send(asked, { abortSignal }));
      } catch (error) {
        if (awsStatusOf(error) === 304) return 'unchanged';
        throw sourceErrorOf(error, `s3:GetObject on ${arn}`);
      }
    },
    async put({ bytes, written }, over, abortSignal) {
      try {
        const { s3, PutObjectCommand } = await client();
        const put = new PutObjectCommand({
          Bucket,
          Key,
          Body: bytes,
          ContentType: 'application/yaml',
          ...(written !== undefined && { Metadata: { [writtenKey]: written.toISOString() } }),
          ...(over === undefined ? { IfNoneMatch: '*' } : { IfMatch: over }),
        });
        await s3.send(put, { abortSignal });
        return true;
      } catch (error) {
        // Somebody else was there first: 412, or 409 while they are at it.
        if ([409, 412].includes(awsStatusOf(error) ?? 0)) return false;
        throw sourceErrorOf(error, `s3:PutObject on ${arn}`);
      }
    },
  };
}

async function open() {
  const { S3Client, GetObjectCommand, PutObjectCommand } = await import('@aws-sdk/client-s3');
  const { AWS_ENDPOINT_URL_S3: own, AWS_ENDPOINT_URL: all } = process.env;
  const s3: S3Client = new S3Client({
    ...awsClient(),
    followRegionRedirects: true,
    // Other servers than Amazon's seldom have a name for each bucket.
    forcePathStyle: own !== undefined || all !== undefined,
  });
  return { s3, GetObjectCommand, PutObjectCommand };
}

async function fetched(answer: GetObjectCommandOutput): Promise<Fetched> {
  const { Body, ETag: tag, VersionId: id, LastModified: modified, Metadata } = answer;
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  const copied = Date.parse(Metadata?.[writtenKey] ?? '');
  const written = Number.isNaN(copied) ? modified : new Date(copied);
  const version = id === undefined || id === 'null' ? (tag ?? 'without a name') : id;
  return { bytes, tag, version, ...(written !== undefined && { written }) };
}

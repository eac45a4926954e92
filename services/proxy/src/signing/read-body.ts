import type { IncomingMessage } from 'node:http';

// Signing covers the body, so it has to be in memory first. `skip_request_signing` is there for larger ones.
const signedBodyBytes = 16 * 1024 * 1024;

/** Reads a whole body; undefined when it is larger than may be signed. Rejects when the caller breaks off. */
export async function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(req.headers['content-length'] ?? 0) > signedBodyBytes) return undefined;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', function keep(chunk: Buffer) {
      size += chunk.length;
      if (size <= signedBodyBytes) {
        chunks.push(chunk);
        return;
      }
      req.off('data', keep);
      req.resume();
      resolve(undefined);
    });
    req.once('end', () => resolve(Buffer.concat(chunks)));
    req.once('close', () => reject(new Error('the caller has gone')));
  });
}

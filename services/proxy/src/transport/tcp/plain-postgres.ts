import { Duplex } from 'node:stream';

/**
 * A connection to a PostgreSQL that is encrypted already, for a program that would encrypt it: psql asks for TLS first, unless
 * it is set not to, and goes on without where the answer is no.
 *
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
 */
export function plainPostgres(database: Duplex): Duplex {
  const requests = new Set([requestOfSsl, requestOfGss]);
  let held: Buffer | undefined = Buffer.alloc(0);

  // What the program begins with, without what it is answered here. Each is asked for once, so this ends.
  function begin(chunk: Buffer): Buffer | undefined {
    let begun = Buffer.concat([held ?? chunk.subarray(0, 0), chunk]);
    while (begun.length >= requestLength && requests.delete(requestIn(begun))) {
      begun = begun.subarray(requestLength);
      stream.push(no);
    }
    const mayBeRequest = requests.size > 0 && begun.length < requestLength;
    held = mayBeRequest ? begun : undefined;
    return mayBeRequest ? undefined : begun;
  }

  const stream = new Duplex({
    allowHalfOpen: true,
    read: () => database.resume(),
    write(chunk: Buffer, _encoding, done) {
      const bytes = held === undefined ? chunk : begin(chunk);
      if (bytes === undefined || bytes.length === 0) done();
      else database.write(bytes, done);
    },
    final(done) {
      // Who leaves in the middle of a request is heard as they are.
      if (held !== undefined && held.length > 0) database.write(held);
      database.end(done);
    },
    destroy(error, done) {
      database.destroy();
      done(error);
    },
  });
  database.pause();
  database.on('data', function said(chunk: Buffer) {
    if (!stream.push(chunk)) database.pause();
  });
  database.once('end', () => stream.push(null));
  database.on('error', (error) => stream.destroy(error));
  database.once('close', function closed() {
    if (!database.readableEnded || !database.writableFinished)
      stream.destroy(new Error('the connection broke'));
  });
  return stream;
}

const requestLength = 8;
// Four bytes of length, and a number where a version of the protocol would be.
const requestOfSsl = 80_877_103;
const requestOfGss = 80_877_104;
const no = Buffer.from('N');

function requestIn(begun: Buffer): number {
  return begun.readUInt32BE(0) === requestLength ? begun.readUInt32BE(4) : 0;
}

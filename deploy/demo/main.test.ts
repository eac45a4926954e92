import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

test('a taken port ends the demo with one sentence and exit code 1', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  try {
    await once(other, 'listening');
    const address = other.address();
    const taken = typeof address === 'object' && address ? address.port : 0;
    const demo = spawn(
      process.execPath,
      ['--conditions=@latchkey/source', join(import.meta.dirname, 'main.ts')],
      { env: { LATCHKEY_DEMO_PORT: String(taken) } },
    );
    const [said, complained] = await Promise.all([text(demo.stdout), text(demo.stderr), once(demo, 'close')]);
    expect(said).toBe('');
    expect(complained.split('\n')).toEqual([expect.stringMatching(`^Port ${taken} cannot be had: `), '']);
    expect(demo.exitCode).toBe(1);
  } finally {
    await other[Symbol.asyncDispose]();
  }
});

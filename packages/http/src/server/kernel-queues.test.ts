import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { addressWords, connectionKey, parseKernelQueues, readKernelQueues } from './kernel-queues.ts';

describe('an address as the kernel prints it', () => {
  test.each([
    ['127.0.0.1', '0100007F', '7F000001'],
    ['10.1.2.3', '0302010A', '0A010203'],
    ['::', '00000000000000000000000000000000', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000001000000', '00000000000000000000000000000001'],
    ['::ffff:127.0.0.1', '0000000000000000FFFF00000100007F', '00000000000000000000FFFF7F000001'],
    ['2001:db8::417a', 'B80D012000000000000000007A410000', '20010DB800000000000000000000417A'],
    ['fe80::1:2%eth0', '000080FE000000000000000002000100', 'FE800000000000000000000000010002'],
    ['1:2:3:4:5:6:7:8', '02000100040003000600050008000700', '00010002000300040005000600070008'],
  ])('%s', (address, little, big) => {
    expect([addressWords(address, 'LE'), addressWords(address, 'BE')]).toEqual([little, big]);
  });
});

test('the table of the kernel is read line by line, and what is no line is passed over', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
  12: 0100007F:1F90 0100007F:C350 01 00012C00:00000007 01:00000014 00000000     0        0 2 2 0 20 4 30 10 -1
rubbish
   1: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:C351 01 0000000A:00000000 00:0 0 0 0 3
`;
  expect([...parseKernelQueues(text)]).toEqual([
    ['0100007F:1F90 00000000:0000', 0],
    ['0100007F:1F90 0100007F:C350', 0x12c00],
    ['0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:C351', 10],
  ]);
});

const testOnLinux = process.platform === 'linux' ? test : test.skip;

async function connected(host: string): Promise<{ ours: Socket; theirs: Socket; end: () => void }> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const theirs = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [ours] = (await once(server, 'connection')) as [Socket];
  return {
    ours,
    theirs,
    end() {
      for (const one of [ours, theirs]) one.destroy();
      server.close();
    },
  };
}

describe('a connection of our own', () => {
  testOnLinux.each(['127.0.0.1', '0.0.0.0'])(
    'is found, with what its caller has not taken (%s)',
    async (host) => {
      const { ours, theirs, end } = await connected(host);
      theirs.pause();
      const key = connectionKey(ours) ?? '';
      expect((await readKernelQueues()).get(key)).toBe(0);
      while (ours.write(Buffer.alloc(1024 * 1024)));
      expect((await readKernelQueues()).get(key)).toBeGreaterThan(0);
      theirs.resume();
      await once(ours, 'drain');
      end();
    },
  );

  test('has no name once it is closed', async () => {
    const { ours, end } = await connected('127.0.0.1');
    end();
    expect(connectionKey(ours)).toBeUndefined();
  });
});

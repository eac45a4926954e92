import { describe, expect, test } from '@jest/globals';
import { cpuList, cpuUs, peakMiB } from './measure.ts';

const status = `Name:	node
VmHWM:	  204800 kB
VmRSS:	  102400 kB
Cpus_allowed_list:	0,2-4
`;

describe('what the kernel says of a process', () => {
  test('names the processors that it may run on', () => {
    expect(cpuList(status)).toEqual([0, 2, 3, 4]);
  });

  test('tells the most memory that it has had', () => {
    expect(peakMiB(status)).toBe(200);
  });

  test('tells the processor time that it has taken, whatever it is called', () => {
    expect(cpuUs('7 (a) R 1 (b) S 1 7 7 0 -1 4194304 10 0 0 0 250 50 9 9 20 0 11 0 100')).toBe(3_000_000);
  });
});

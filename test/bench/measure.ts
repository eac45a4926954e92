import { readFileSync } from 'node:fs';

// The kernel counts processor time for programs in hundredths of a second on every architecture (USER_HZ).
const tickUs = 10_000;

/** The processors that a process may run on, from its `/proc/<pid>/status`. */
export function cpuList(status: string): number[] {
  const ranges = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1]?.split(',') ?? [];
  return ranges.flatMap(function numbers(range) {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  });
}

/** The processor time that a process has taken, in microseconds, from its `/proc/<pid>/stat`. */
export function cpuUs(stat: string): number {
  // The name stands in brackets and may hold anything; utime and stime are fields 14 and 15, the third follows the bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickUs;
}

/** The most memory that a process has had resident, in MiB, from its `/proc/<pid>/status`. */
export function peakMiB(status: string): number {
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** The processor time of all processes of a server together, in microseconds. */
export function cpuUsOf(pids: readonly number[]): number {
  return sum(pids, (pid) => cpuUs(readFileSync(`/proc/${pid}/stat`, 'utf8')));
}

/** The peak memory of all processes of a server together, in MiB. */
export function peakMiBOf(pids: readonly number[]): number {
  return sum(pids, (pid) => peakMiB(readFileSync(`/proc/${pid}/status`, 'utf8')));
}

function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + of(pid), 0);
}

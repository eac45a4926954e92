import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { endianness } from 'node:os';

/** How many bytes of each connection the kernel still holds for the other side, by `connectionKey`. */
export type KernelQueues = ReadonlyMap<string, number>;

// Those of our own network namespace, IPv4 and IPv6 (proc(5)).
const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'];

/** Asks the kernel. Where it does not tell (anything but Linux), no connection is in the answer. */
export async function readKernelQueues(): Promise<KernelQueues> {
  const texts = await Promise.all(tables.map((path) => readFile(path, 'latin1').catch(() => '')));
  return parseKernelQueues(texts.join('\n'));
}

/** Reads the lines of `/proc/net/tcp`: `0: 0100007F:1F90 0100007F:C350 01 00012C00:00000000 …` */
export function parseKernelQueues(text: string): KernelQueues {
  const queues = new Map<string, number>();
  for (const [, local = '', remote = '', unsent = ''] of text.matchAll(
    /^ *\d+: ([\dA-F]+:[\dA-F]{4}) ([\dA-F]+:[\dA-F]{4}) [\dA-F]{2} ([\dA-F]{8}):/gm,
  )) {
    queues.set(`${local} ${remote}`, Number.parseInt(unsent, 16));
  }
  return queues;
}

/** What a connection is called in that file; undefined once it is closed. */
export function connectionKey(socket: Socket): string | undefined {
  const local = endOf(socket.localAddress, socket.localPort);
  const remote = endOf(socket.remoteAddress, socket.remotePort);
  return local === undefined || remote === undefined ? undefined : `${local} ${remote}`;
}

function endOf(address: string | undefined, port: number | undefined): string | undefined {
  if (address === undefined || port === undefined) return undefined;
  return `${addressWords(address)}:${hex(port, 4)}`;
}

/** An address as the kernel prints it: 32 bits at a time, in its own byte order. */
export function addressWords(address: string, order: 'LE' | 'BE' = endianness()): string {
  const bytes = address.includes(':') ? bytesOf6(address) : bytesOf4(address);
  const words = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.slice(at * 4, at * 4 + 4));
  return words
    .flatMap((word) => (order === 'LE' ? word.toReversed() : word))
    .map((byte) => hex(byte, 2))
    .join('');
}

function bytesOf4(address: string): number[] {
  return address.split('.').map(Number);
}

function bytesOf6(address: string): number[] {
  const [plain = ''] = address.split('%');
  const [before = [], after = []] = plain.split('::').map((half) => half.split(':').flatMap(groupBytes));
  const zeros = Array.from({ length: 16 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}

function groupBytes(group: string): number[] {
  if (group === '') return [];
  if (group.includes('.')) return bytesOf4(group);
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

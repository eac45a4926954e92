import { once } from 'node:events';
import { freePort } from '@latchkey/testing/ports';
import type { Image } from './image.ts';
import { outputOf } from './program.ts';
import type { Ended } from './program.ts';
import { network } from './workshop.ts';

/** A container that is running. */
export type Container = {
  readonly name: string;
  /** the port of 127.0.0.1 at which it is reached */
  readonly port: number;
  /** everything it has printed */
  output(): string;
  /** Resolves once it has printed this; rejects when it ends before. */
  printed(wanted: RegExp): Promise<void>;
  /** the exit code */
  readonly ended: Promise<number | null>;
  exec(...command: readonly string[]): Promise<Ended>;
  signal(name: string): Promise<void>;
  /** as `docker stop` and ECS do: asks, and kills after 20 s */
  stop(): Promise<void>;
};

export type ContainerOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** the port that it listens on */
  readonly listensOn?: number;
  /** files, by name, under /sso */
  readonly sso?: string;
  /** Shares the network of another container. */
  readonly beside?: Container;
};

// As far as a platform can lock a container up; and however a check ends, a container does so within two minutes.
const locked =
  '--read-only --read-only-tmpfs=false --cap-drop all --security-opt no-new-privileges --no-healthcheck --timeout 120'.split(
    ' ',
  );

/** Runs a command in a container of its own, to its end. */
export function runIn(
  image: Image,
  command: readonly string[],
  options: readonly string[] = [],
): Promise<Ended> {
  return image.workshop.podman([
    'run',
    '--rm',
    ...locked,
    '--network',
    'none',
    ...options,
    image.name,
    ...command,
  ]);
}

let started = 0;

/** Starts a command that stays: a service. */
export async function startContainer(
  image: Image,
  command: readonly string[],
  { env = {}, listensOn = 4180, sso, beside }: ContainerOptions = {},
): Promise<Container> {
  const { workshop } = image;
  const name = `checked-${(started += 1)}`;
  const port = beside?.port ?? (await freePort());
  const reach =
    beside === undefined
      ? [network, '--publish', `127.0.0.1:${port}:${listensOn}`]
      : [`container:${beside.name}`];
  const mounts = sso === undefined ? [] : ['--volume', `${sso}:/sso:ro`];
  const variables = Object.entries(env).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]);
  // Kept until all is removed: removing one whose network another shares takes podman 20 s.
  const options = ['--name', name, ...locked, '--network', ...reach, ...mounts, ...variables];
  const child = workshop.startPodman(['run', ...options, image.name, ...command]);
  let output = '';
  let over = false;
  const look = new EventTarget();
  const changed = () => look.dispatchEvent(new Event('change'));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      changed();
    });
  }
  const ended = once(child, 'close').then(([code]) => {
    over = true;
    changed();
    return code as number | null;
  });

  return {
    name,
    port,
    output: () => output,
    async printed(wanted) {
      while (!wanted.test(output)) {
        if (over) throw new Error(`it ended, having said:\n${output}`);
        await once(look, 'change');
      }
    },
    ended,
    exec: (...command) => workshop.podman(['exec', name, ...command]),
    signal: async (signal) => void (await outputOf(workshop.podman(['kill', '--signal', signal, name]))),
    stop: async () => void (await outputOf(workshop.podman(['stop', '--time', '20', name]))),
  };
}

/** Resolves once a service of ours listens. */
export const listens = (container: Container) => container.printed(/"msg":"(?:ready|listening)"/);

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { outputOf, run } from './program.ts';
import type { Ended, Options } from './program.ts';

/** Buildah and podman, with images, containers and a network of their own that are removed when it closes. */
export type Workshop = {
  /** a temporary folder for files of ours */
  readonly folder: string;
  buildah(args: readonly string[], options?: Options): Promise<Ended>;
  /** podman as a program, for those that take one */
  readonly podmanProgram: string;
  readonly env: NodeJS.ProcessEnv;
  podman(args: readonly string[], options?: Options): Promise<Ended>;
  /** Starts podman and leaves it running. */
  startPodman(args: readonly string[]): ChildProcessByStdio<null, Readable, Readable>;
  close(): Promise<void>;
};

/** The network of the containers. They are reached at 127.0.0.1 alone, where they publish a port. */
export const network = 'latchkey-checks';

// For machines without systemd, with both kinds of cgroups, or without CAP_SYS_RESOURCE.
const containersConf = `[containers]
default_ulimits = ["nofile=20000:20000", "nproc=20000:20000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
`;

export async function openWorkshop(): Promise<Workshop> {
  const home = mkdtempSync(join(tmpdir(), 'latchkey-image-'));
  const [folder, conf, storage] = [join(home, 'work'), join(home, 'containers.conf'), join(home, 'storage')];
  mkdirSync(folder);
  writeFileSync(conf, containersConf);
  // Health checks run when they are asked to: their timers would need systemd.
  const env = { ...process.env, CONTAINERS_CONF: conf, DISABLE_HC_SYSTEMD: 'true' };
  const ours = ['--root', storage, '--runroot', join(home, 'run')];
  const podmanOurs = [
    ...ours,
    '--tmpdir',
    join(home, 'libpod'),
    '--network-config-dir',
    join(home, 'networks'),
  ];
  const podman = (args: readonly string[], options?: Options) =>
    run('podman', [...podmanOurs, ...args], { ...options, env });

  const podmanProgram = join(folder, 'podman');
  writeFileSync(podmanProgram, `#!/bin/sh\nexec podman ${podmanOurs.join(' ')} "$@"\n`, { mode: 0o755 });

  async function close(): Promise<void> {
    await podman(['rm', '--all', '--force', '--depend', '--time', '0']);
    await podman(['network', 'prune', '--force']);
    await podman(['image', 'umount', '--all', '--force']);
    // The storage driver mounts its own folder onto itself.
    await run('umount', ['--lazy', join(storage, 'overlay')]);
    rmSync(home, { recursive: true, force: true });
  }

  const workshop: Workshop = {
    folder,
    buildah: (args, options) => run('buildah', [...ours, ...args], { ...options, env }),
    podmanProgram,
    env,
    podman,
    startPodman: (args) =>
      spawn('podman', [...podmanOurs, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    close,
  };
  await outputOf(podman(['network', 'create', '--disable-dns', network]));
  return workshop;
}

import { audit } from './audit.ts';
import { check } from './check.ts';
import type { Command } from './command.ts';
import { diff } from './diff.ts';
import { curl } from './curl.ts';
import { explain } from './explain.ts';
import { keys } from './keys.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { migrate } from './migrate.ts';
import { replay } from './replay.ts';
import { routes } from './routes.ts';
import { schema } from './schema.ts';
import { sessions } from './sessions.ts';
import { ssh } from './ssh.ts';
import { token } from './token.ts';
import { tunnel } from './tunnel.ts';

/** Every command, in the order in which `--help` lists them. */
export const commands: readonly Command[] = [
  check,
  routes,
  explain,
  diff,
  replay,
  migrate,
  schema,
  keys,
  sessions,
  audit,
  login,
  token,
  curl,
  tunnel,
  ssh,
  logout,
];

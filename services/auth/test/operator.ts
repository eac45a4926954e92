import { adminRevocationPath, adminSessionList, adminSessionsPath } from '@latchkey/contract';
import type { AdminSession } from '@latchkey/contract';
import type { Answer, Rig } from './rig.ts';

export const adminSecret = 'the-secret-of-the-operators-which-is-long-enough';
export const adminEnv = { SERVER_INTERNAL_PORT: '4181', ADMIN_SECRET: `${adminSecret}-next,${adminSecret}` };

type Asking = {
  method?: 'GET' | 'POST' | 'PUT';
  body?: string;
  headers?: Record<string, string>;
  port?: number | undefined;
};

/** Asks auth as an operator does, who knows it by its internal name. */
export async function askAsOperator(rig: Rig, path: string, asking: Asking = {}): Promise<Answer> {
  const { method = 'GET', body, headers = {}, port = rig.internalPort } = asking;
  return rig
    .ask(method, path, port)
    .set({ host: 'auth.internal:4181', authorization: `Bearer ${adminSecret}`, ...headers })
    .send(body);
}

export function revoke(rig: Rig, wish: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return askAsOperator(rig, adminRevocationPath, {
    method: 'POST',
    body: typeof wish === 'string' ? wish : JSON.stringify(wish),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

export async function sessionsOf(rig: Rig, email: string): Promise<readonly AdminSession[]> {
  const { body } = await askAsOperator(rig, `${adminSessionsPath}?email=${encodeURIComponent(email)}`);
  return adminSessionList.parse(body).sessions;
}

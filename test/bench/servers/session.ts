import { unsealData } from 'iron-session';

/** The session of the two comparisons that have one. */
export type BenchSession = { readonly user: string };

/** The name of their cookie. */
export const benchCookie = 'bench_session';

/** Opens the sealed session in a `Cookie` header of that one cookie; undefined where there is none. */
export async function openSession(cookieHeader = ''): Promise<BenchSession | undefined> {
  const password = process.env['BENCH_PASSWORD'] ?? '';
  const sealed = cookieHeader.slice(benchCookie.length + 1);
  const session = await unsealData<Partial<BenchSession>>(sealed, { password });
  return session.user === undefined ? undefined : { user: session.user };
}

import { replyPage, signInPage } from '@latchkey/web-pages';
import type { Provider } from '../providers/provider.ts';
import type { Reply } from '../web/locals.ts';
import type { Destination, Linking } from './destination.ts';
import { startHref } from './links.ts';

/** Every provider that there is, by slug. */
export type Providers = ReadonlyMap<string, Provider>;

/** The providers that a sign-in may be with: those that the destination takes and that there are, else that of the path. */
export function choicesOf(
  provider: Provider,
  { providers: slugs = [] }: Destination,
  all: Providers,
): readonly Provider[] {
  const known = slugs.flatMap((slug) => all.get(slug) ?? []);
  return known.length === 0 ? [provider] : known;
}

/** Shows a button for each provider that a person may sign in with. */
export function offerChoice(
  res: Reply,
  {
    choices,
    destination,
    selectAccount = false,
    signedOut = false,
  }: {
    choices: readonly Provider[];
    destination: Destination;
    selectAccount?: boolean;
    signedOut?: boolean;
  },
  parts: Linking,
): void {
  const { providers: _, ...chosen } = destination;
  const providers = choices.map(({ name, slug }) => ({
    name,
    href: startHref(slug, { destination: chosen, selectAccount }, parts),
  }));
  const application = new URL(destination.target).hostname;
  replyPage(res, 200, signInPage({ providers, application, signedOut, requestId: res.locals.line.id }));
}

import passport from 'passport';
import type { Strategy } from 'passport';

/** How a strategy ended: it sends the browser on, or it vouches for somebody. */
export type StrategyOutcome<User> = { readonly redirect: string } | { readonly user: User };

type Middleware = (req: object, res: object, next: (error?: unknown) => void) => void;

/**
 * Makes a passport strategy a plain function: values go in, a value comes out. No server session and no
 * `req.user`, of which we have neither: state and PKCE live in a sealed cookie of the attempt.
 *
 * @returns runs the strategy on an invented request; rejects with the strategy's error, or when it says no
 */
export function strategyRunner<User>(
  strategy: Strategy,
): (request: object, options: object) => Promise<StrategyOutcome<User>> {
  const authenticator = new passport.Passport();
  // By name, not by instance: passport writes `success` and `error` of the request under way into what it is given.
  // For a name it makes a copy each time; an instance would hand one person's identity to another one's request.
  authenticator.use('strategy', strategy);

  return function run(request, options) {
    return new Promise((resolve, reject) => {
      const done = (error: unknown, user: User | false | undefined) => {
        if (error instanceof Error) reject(error);
        else if (user === false || user === undefined) reject(new Error('the strategy said no'));
        else resolve({ user });
      };
      const settings = { session: false, ...options };
      const middleware: Middleware = authenticator.authenticate('strategy', settings, done);
      middleware(request, redirectCatcher(resolve), reject);
    });
  };
}

// The part of a response that passport uses: it sets Location, then ends.
function redirectCatcher(resolve: (outcome: { redirect: string }) => void) {
  let location = '';
  return {
    statusCode: 200,
    setHeader(name: string, value: string) {
      if (name === 'Location') location = value;
    },
    end() {
      resolve({ redirect: location });
    },
  };
}

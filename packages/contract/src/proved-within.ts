/** How the proxy asks auth for a person who has proved who they are within so many seconds, in the address of a sign-in. */
export const provedWithinParameter = 'proved_within';

/** Where a person sees their sessions. */
export const accountPath = '/account';
/** Where they end one of them, and all. */
export const endOnePath = '/account/sign_out';
export const endAllPath = '/account/sign_out_everywhere';
/** Where they end a program that acts for them. */
export const endProgramPath = '/account/end_program';

/** Something that the person at the terminal can put right. Its message is all they see of it: no stack trace. */
export class UserError extends Error {}

/** The largest file that is read, before and after its template variables are filled in: 4 MiB. */
export const maxFileLength = 4 * 1024 * 1024;

/** The most values that a file may hold once every alias is replaced by what it stands for. */
export const maxExpandedNodes = 500_000;

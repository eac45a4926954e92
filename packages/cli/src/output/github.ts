import type { Finding } from '../finding.ts';

/**
 * A finding as a workflow command of GitHub Actions, which shows it beside the line. In the message `%` and line breaks would
 * end or forge a command, and in a property `:` and `,` as well.
 */
export function renderGithubCommand({ code, severity, message, file, line, column }: Finding): string {
  const place = `file=${property(file)},line=${line},col=${column},title=${property(code)}`;
  return `::${severity} ${place}::${data(message)}\n`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

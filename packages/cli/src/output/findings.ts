import type { Finding } from '../finding.ts';
import type { Io } from '../io.ts';
import { paintFor, printable } from './terminal.ts';
import type { Paint } from './terminal.ts';

/** How a command tells what it found. */
export const formats = ['text', 'json', 'github'] as const;

/** One of `formats`. */
export type Format = (typeof formats)[number];

/** Writes findings to stdout in the form that was asked for. `fine` is what text says where there are none. */
export function printFindings(findings: readonly Finding[], format: Format, fine: string, io: Io): void {
  if (format === 'json') {
    io.stdout(`${JSON.stringify({ findings, summary: countsOf(findings) }, null, 2)}\n`);
    return;
  }
  if (format === 'github') {
    io.stdout(findings.map(renderGithubCommand).join(''));
    return;
  }
  const paint = paintFor(io);
  for (const finding of findings) io.stdout(`${renderLine(finding, paint)}\n`);
  io.stdout(findings.length === 0 ? `${paint.green(fine)}\n` : `${renderSummary(findings)}\n`);
}

function renderLine({ code, severity, message, file, line, column }: Finding, paint: Paint): string {
  const colour = { error: paint.red, warning: paint.yellow, notice: paint.bold }[severity];
  return `${printable(file)}:${line}:${column} ${colour(severity)} ${code} ${printable(message)}`;
}

function renderSummary(findings: readonly Finding[]): string {
  const { errors, warnings, notices } = countsOf(findings);
  const counts = [count(errors, 'error'), count(warnings, 'warning'), count(notices, 'notice')];
  return `${counts.filter((part) => part !== '').join(', ')}. docs/diagnostics.md explains each code.`;
}

function countsOf(findings: readonly Finding[]): { errors: number; warnings: number; notices: number } {
  const countOf = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return { errors: countOf('error'), warnings: countOf('warning'), notices: countOf('notice') };
}

function count(number: number, noun: string): string {
  if (number === 0) return '';
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

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

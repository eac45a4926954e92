/** The namespace of an environment in CloudWatch. */
export function metricNamespace(environment: string): string {
  return `Latchkey/${environment}`;
}

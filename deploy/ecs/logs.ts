import { Size } from 'aws-cdk-lib';
import { AwsLogDriverMode, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import type { LogDriver } from 'aws-cdk-lib/aws-ecs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Environment } from './environment.ts';
import { countAlarmLines } from './log-alarms.ts';

const retentions: Readonly<Record<Environment['logDays'], RetentionDays>> = {
  30: RetentionDays.ONE_MONTH,
  90: RetentionDays.THREE_MONTHS,
  180: RetentionDays.SIX_MONTHS,
  365: RetentionDays.ONE_YEAR,
  731: RetentionDays.TWO_YEARS,
  1827: RetentionDays.FIVE_YEARS,
  3653: RetentionDays.TEN_YEARS,
};

/** Where the lines of a service go. It stays when the stack is deleted: who was refused what is in it. */
export function logGroupOf(scope: Construct, { name, logDays }: Environment): LogGroup {
  const logGroup = new LogGroup(scope, 'Log', { retention: retentions[logDays] });
  countAlarmLines(logGroup, name);
  return logGroup;
}

/** Lines to CloudWatch Logs, dropped rather than waited for: a collector that reads nothing would hold the service up. */
export function logTo(logGroup: ILogGroup): LogDriver {
  return LogDrivers.awsLogs({
    logGroup,
    streamPrefix: 'task',
    mode: AwsLogDriverMode.NON_BLOCKING,
    maxBufferSize: Size.mebibytes(25),
  });
}

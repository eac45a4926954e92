/** No connector leads to an application at this moment. */
export class ConnectorAwayError extends Error {
  constructor(name: string) {
    super(`no connector ${name} is connected to this task`);
  }
}

/** A connector is there, and does not lead on to the application. */
export class ConnectorFailedError extends Error {
  constructor(name: string, why: string) {
    super(`the connector ${name} ${why}`);
  }
}

/** It may not dial the target; another one of the same name may have another list. */
export class TargetRefusedError extends ConnectorFailedError {}

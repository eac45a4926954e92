import type { Dispatcher } from 'undici';

type Controller = Dispatcher.DispatchController;

/** What hears how a request goes on. */
export type Hearer = {
  onRequestStart(controller: Controller): void;
  onBodySent(): void;
  onRequestSent(): void;
  onResponseStart(controller: Controller, status: number): void;
  onResponseData(controller: Controller, chunk: Buffer): void;
  onResponseEnd(controller: Controller): void;
  onResponseError(controller: Controller | null, error: Error): void;
};

/** What undici is given of a request: once that is over, what undici still has to say of it goes nowhere. */
export class Handler implements Dispatcher.DispatchHandler {
  private hearer: Hearer | undefined;

  constructor(hearer: Hearer) {
    this.hearer = hearer;
  }

  cut(): void {
    this.hearer = undefined;
  }

  onRequestStart(controller: Controller): void {
    this.hearer?.onRequestStart(controller);
  }

  onBodySent(): void {
    this.hearer?.onBodySent();
  }

  onRequestSent(): void {
    this.hearer?.onRequestSent();
  }

  onResponseStart(controller: Controller, status: number): void {
    this.hearer?.onResponseStart(controller, status);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.hearer?.onResponseData(controller, chunk);
  }

  onResponseEnd(controller: Controller): void {
    this.hearer?.onResponseEnd(controller);
  }

  onResponseError(controller: Controller, error: Error): void {
    this.hearer?.onResponseError(controller, error);
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceStatus } from './status.ts';
import { loadWindows } from './windows.ts';

/** The service control manager, from the point of view of a service. */
export interface ServiceControl {
  /** @returns 0, or the error of Windows; 0 also while nobody has called, because there is nobody to tell. */
  report(status: ServiceStatus): number;
  /** Resolves when Windows is done with the process, which follows STOPPED at once. */
  done(): Promise<void>;
}

export interface ServiceEvents {
  /** The service control manager has called: from now on it can be reported to. */
  readonly called: () => void;
  /** @returns what Windows is answered. */
  readonly control: (control: number) => number;
  /** The process was not started by the service control manager. */
  readonly notAService: () => void;
}

const OWN_PROCESS = 0x10;
const LOOK_EVERY_MS = 50;

/**
 * Connects this process to the service control manager. StartServiceCtrlDispatcherW has the shape of a thread procedure
 * and blocks for as long as the service lives, so it gets a native thread of its own. (An asynchronous call by koffi
 * would seem to do the same, but then neither `process.exit` nor an uncaught exception can end the process.)
 * Its callbacks reach this thread by way of the event loop: whatever blocks that, blocks the service control manager.
 */
export async function connectServiceControl(service: string, events: ServiceEvents): Promise<ServiceControl> {
  const windows = await loadWindows();
  let handle: unknown = null;
  const onControl = windows.controlCallback((control) => raisedLater(() => events.control(control), 0));
  const onCall = windows.mainCallback(() =>
    raisedLater(() => {
      clearInterval(look);
      handle = windows.registerHandler(service, onControl);
      events.called();
    }, undefined),
  );
  const dispatcher = windows.startDispatcher(service, onCall);
  // The thread takes the number of its error with it when it ends; there is one that can be the reason.
  const look = setInterval(() => {
    if (!dispatcher.hasEnded()) return;
    clearInterval(look);
    events.notAService();
  }, LOOK_EVERY_MS);

  return {
    report: (status) =>
      handle === null
        ? 0
        : windows.setServiceStatus(handle, {
            dwServiceType: OWN_PROCESS,
            dwCurrentState: status.state,
            dwControlsAccepted: status.accepts,
            dwWin32ExitCode: status.exitCode,
            dwServiceSpecificExitCode: status.specificExitCode,
            dwCheckPoint: status.checkpoint,
            dwWaitHint: status.waitHintMs,
          }),
    async done() {
      while (!dispatcher.hasEnded()) await delay(LOOK_EVERY_MS);
    },
  };
}

/** An exception would be lost in native code; raised from the event loop, it is uncaught as any other. */
function raisedLater<Result>(action: () => Result, otherwise: Result): Result {
  try {
    return action();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
    return otherwise;
  }
}

/** How the service control manager numbers the states of a service. */
export const SERVICE_STATE = { stopped: 1, startPending: 2, stopPending: 3, running: 4 } as const;

/** What the service control manager asks of a service. */
export const CONTROL = { stop: 1, interrogate: 4, shutdown: 5, preshutdown: 15 } as const;

/** What a service says it wants to be asked. */
export const ACCEPTS = { stop: 0x1, preshutdown: 0x100 } as const;

/** Numbers of Windows itself. */
export const WIN32 = {
  ok: 0,
  notImplemented: 120,
  /** StartServiceCtrlDispatcher, in a process that the service control manager did not start. */
  notAService: 1063,
  /** "The code is in the service-specific exit code." */
  serviceSpecific: 1066,
} as const;

/**
 * Why the service failed, where the agent has no exit code for it. An agent that ended with a code is reported with that
 * one. Windows has no error by these numbers: the Event Viewer shows a number as the text of the error it knows by it.
 */
export const FAILURE = {
  /** The agent ended with 0 although nobody asked it to: a watch that ended is no success. */
  endedUnasked: 20001,
  /** The agent was started and was not ready in time. */
  notReady: 20002,
  /** The agent could not be started at all. */
  notStarted: 20003,
  /** A fault of the host itself. */
  hostFault: 20004,
  /** The folder for the logs cannot be written. */
  noLogs: 20005,
} as const;

/** How the host process ends where the service control manager does not listen. */
export const EXIT = { usage: 2, notAService: WIN32.notAService, notWindows: 1 } as const;

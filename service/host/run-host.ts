import { existsSync, mkdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { VERSION } from '../../src/version.ts';
import { startAgentChild } from './agent-child.ts';
import type { HostOptions } from './arguments.ts';
import { type CappedFile, cap, cappedFile, openForAppending } from './capped-file.ts';
import { EXIT, FAILURE } from './codes.ts';
import { openEventSource } from './event-source.ts';
import { createEventWriter, type EventWriter } from './event-writer.ts';
import { createHost } from './host.ts';
import { createHostLog, type HostLog } from './host-log.ts';
import { connectServiceControl, type ServiceControl } from './service-control.ts';
import { CHECKPOINT_EVERY_MS } from './status.ts';

const MIB = 1024 * 1024;

/** Windows has had its status; waiting for more must not become a hang. */
const EXIT_LIMIT_MS = 1000;

const NOT_A_SERVICE =
  'This is the Windows service of checkpoint-agent: only the service control manager can start it (error 1063).\n' +
  'To run the agent yourself: checkpoint-agent run\n';

/** Serves the service control manager. The process ends when the service has stopped. */
export async function runHost(options: HostOptions): Promise<void> {
  const { service, logDir } = options;
  const outputFile = cappedFile(logDir, 'agent-output', MIB);
  const output = openOutput(logDir, outputFile);
  const log = createHostLog(cappedFile(logDir, 'service-host', MIB / 4), Date.now);
  log(`host ${VERSION} of ${JSON.stringify(service)}, Node.js ${process.version}, process ${process.pid}`);

  const events = await eventWriter(service, log);
  let control: ServiceControl | null = null;
  const host = createHost(options, {
    monotonicMs: () => performance.now(),
    log,
    report: (status) => control?.report(status) ?? 0,
    startAgent(events) {
      if (typeof output === 'number') return startAgentChild({ ...options, output }, events);
      events.notStarted(FAILURE.noLogs, output);
      return null;
    },
    exit: (code) => void exit(code, control),
    heard: (message) => events?.heard(message),
    crashed: (text) => events?.tell('crashed', `${text} Logs: ${logDir}`),
  });
  process.on('uncaughtException', (error) => host.fail(FAILURE.hostFault, error));

  const timer = setInterval(() => {
    host.tick();
    capIfPossible(outputFile);
  }, CHECKPOINT_EVERY_MS);
  control = await connectServiceControl(service, {
    called: () => host.called(),
    control: (code) => host.control(code),
    notAService() {
      clearInterval(timer);
      log('not started by the service control manager');
      process.stderr.write(NOT_A_SERVICE);
      process.exitCode = EXIT.notAService;
    },
  });
}

/** `null` where there is none: the service does without. */
async function eventWriter(service: string, log: HostLog): Promise<EventWriter | null> {
  try {
    return createEventWriter(await openEventSource(service), log);
  } catch (error) {
    log(`there is no event log: ${error}`);
    return null;
  }
}

/** Were it gone before Windows is done with it, a start that has just succeeded would be reported as failed. */
async function exit(code: number, control: ServiceControl | null): Promise<void> {
  await Promise.race([control?.done(), delay(EXIT_LIMIT_MS)]);
  process.exit(code);
}

function openOutput(folder: string, file: CappedFile): number | Error {
  try {
    if (!existsSync(folder)) mkdirSync(folder);
    cap(file);
    return openForAppending(file);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** What cannot be shortened now may be at the next look. */
function capIfPossible(file: CappedFile): void {
  try {
    cap(file);
  } catch {
    // A virus scanner, or a full disk.
  }
}

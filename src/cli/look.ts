import { systemClock } from '../agent/clock.ts';
import { replayReport } from '../collector/replay.ts';
import type { Config } from '../config/config.ts';
import type { HostReport, Instant } from '../core/model.ts';
import type { Replay } from '../core/render/scan/table.ts';
import { untilInterrupted } from './interrupt.ts';
import type { CliIo } from './io.ts';
import { readHosts } from './read-hosts.ts';

/** What a command looks at: hosts that were read just now, or a report that was captured earlier. */
export interface Look {
  readonly reports: readonly HostReport[];
  /** The moment it is all about. */
  readonly now: Instant;
  readonly replay: Replay;
}

/** Reads the hosts of the configuration, or the report in their stead. Never rejects. */
export async function lookAt(config: Config, fromFile: string | null, io: CliIo): Promise<Look> {
  if (fromFile !== null) {
    const report = await replayReport(fromFile);
    // A replayed report is shown as it was then; its age is no fault of the VMs.
    const now = report.status === 'read' ? report.readAt : systemClock.now();
    return { reports: [report], now, replay: 'replay' };
  }
  const interrupt = untilInterrupted();
  try {
    const reports = await readHosts(config, io, interrupt.signal);
    return { reports, now: systemClock.now(), replay: 'live' };
  } finally {
    interrupt.dispose();
  }
}

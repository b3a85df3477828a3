import { collectError } from '../../core/collect-error.ts';
import type { DiskFile, HostReport, Instant, Volume } from '../../core/model.ts';
import { GIB, HOUR_MS } from '../../core/units.ts';
import type { Clock, Collector } from '../../ports.ts';
import { FLEET, OUTAGES } from './fleet.ts';
import { vmAt } from './vm-at.ts';

/** The hosts of the built-in fleet. */
export const DEMO_HOSTS: readonly string[] = [...new Set(FLEET.map((story) => story.host))];

/** A collector that reads the built-in fleet at the clock's time; the fleet's life begins at `startedAt`. */
export function createDemoCollector(clock: Clock, startedAt: Instant): Collector {
  return {
    collect: async (host) => reportAt(host, clock.now(), startedAt),
  };
}

function reportAt(host: string, now: Instant, startedAt: Instant): HostReport {
  const at = (now - startedAt) / HOUR_MS;
  const outage = OUTAGES.find((each) => each.host === host && at >= each.from && at < each.until);
  if (outage !== undefined) {
    const error = collectError('VMMS_STOPPED', null, host);
    return { status: 'failed', host, failedAt: now, durationMs: 380, error };
  }
  const machines = FLEET.filter((story) => story.host === host).map((story) => vmAt(story, at, startedAt));
  return {
    status: 'read',
    host,
    readAt: now,
    hostClockAt: now,
    durationMs: 1200 + machines.length * 130,
    facts: {
      name: host.toUpperCase(),
      fqdn: `${host}.demo.example`,
      osBuild: 20348,
      timeZone: 'UTC',
      utcOffsetMin: 0,
      cluster: null,
      hintedVms: machines.length,
    },
    collector: {
      powershell: null,
      edition: 'demo',
      languageMode: 'FullLanguage',
      elevated: true,
      module: null,
      timingsMs: {},
    },
    vms: machines.map(({ vm }) => vm),
    files: machines.flatMap(({ files }) => files),
    volumes: [volumeWith(machines.flatMap(({ files }) => files))],
    errors: [],
  };
}

/** Large enough for a whole demo. */
const VOLUME_BYTES = 12_288 * GIB;

function volumeWith(files: readonly DiskFile[]): Volume {
  const usedBytes = files.reduce((sum, { fileBytes }) => sum + (fileBytes ?? 0), 0);
  return {
    root: 'C:\\',
    fileSystem: 'ReFS',
    totalBytes: VOLUME_BYTES,
    freeBytes: Math.max(0, VOLUME_BYTES - usedBytes),
    error: null,
  };
}

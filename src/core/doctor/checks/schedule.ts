import { formatDurationExact } from '../../units.ts';
import { type DoctorCheck, ok, warning } from '../check.ts';

export const SCHEDULE: DoctorCheck = {
  name: 'schedule',
  looksAt: 'whether a reading that takes as long as `collector.timeout` allows ends before the next is due',
  minds: 'A warning when it does not: the next reading would be skipped.',
  isForWindows: false,
  judge({ config: { collectorTimeoutMs, scanIntervalMs }, reading }) {
    const allowed = formatDurationExact(collectorTimeoutMs);
    const every = formatDurationExact(Math.round(scanIntervalMs / 1000) * 1000);
    const durationMs = reading.known && reading.value.error === null ? reading.value.durationMs : 0;
    if (durationMs > scanIntervalMs) {
      return warning(
        `a reading took longer than the ${every} from one to the next`,
        'Let schedule read less often: every second reading is skipped now.',
      );
    }
    if (collectorTimeoutMs >= scanIntervalMs) {
      return warning(
        `a reading may take ${allowed}, and the next is due after ${every}`,
        'Lower collector.timeout, or let schedule read less often: a slow reading makes the next one fall out.',
      );
    }
    return ok(`every ${every}; a reading may take ${allowed}`);
  },
};

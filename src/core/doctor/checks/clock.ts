import { plainText } from '../../render/plain-text.ts';
import { formatDurationExact, MINUTE_MS, SECOND_MS } from '../../units.ts';
import { type DoctorCheck, type Judged, ok, unknown, warning, whenKnown } from '../check.ts';
import type { ProgramFacts, ReadingFacts } from '../facts.ts';

const SKEW_MS = MINUTE_MS;

export const CLOCK: DoctorCheck = {
  name: 'clock',
  looksAt: "the host's clock and time zone against those of this program",
  minds: 'Clocks more than a minute apart are a warning, and so is another offset from UTC.',
  isForWindows: false,
  judge: ({ reading, program }) => whenKnown(reading, (facts) => judgeClock(facts, program)),
};

function judgeClock({ clockAheadMs, utcOffsetMin, timeZone }: ReadingFacts, program: ProgramFacts): Judged {
  if (clockAheadMs === null) {
    return unknown('the host was not read');
  }
  const apartMs = Math.abs(clockAheadMs);
  const zone = timeZone === null ? 'an unknown time zone' : plainText(timeZone, 60);
  if (apartMs > SKEW_MS) {
    const apart = formatDurationExact(Math.round(apartMs / SECOND_MS) * SECOND_MS);
    return warning(
      `the clock of the host is ${apart} ${clockAheadMs > 0 ? 'ahead' : 'behind'}`,
      'Let both follow the same source of time (w32tm /query /status). Ages are measured on the clock of the host.',
    );
  }
  if (utcOffsetMin !== null && utcOffsetMin !== program.utcOffsetMin) {
    return warning(
      `the host is in ${zone} (UTC ${signed(utcOffsetMin)} min), this program at UTC ${signed(program.utcOffsetMin)} min`,
      'Take the variable TZ from the environment of the agent, or set schedule.time_zone: a cron schedule follows the time zone of the program.',
    );
  }
  return ok(`the clocks agree; time zone ${zone}`);
}

function signed(minutes: number): string {
  return minutes < 0 ? String(minutes) : `+${minutes}`;
}

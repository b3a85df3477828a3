import { plainText } from '../../render/plain-text.ts';
import { formatBytes, GIB, MIB } from '../../units.ts';
import { type DoctorCheck, ok, problem, warning, whenKnown } from '../check.ts';

const LEAST_BYTES = 100 * MIB;
const LOW_BYTES = GIB;

export const DISK_SPACE: DoctorCheck = {
  name: 'disk-space',
  looksAt: 'free space where state and log are kept',
  minds: 'Less than 1 GiB is a warning, less than 100 MiB a problem.',
  isForWindows: false,
  judge: ({ disks }) =>
    whenKnown(disks, (all) => {
      const text = all
        .map(
          ({ path, what, freeBytes }) =>
            `${formatBytes(freeBytes)} free for the ${what} (${plainText(path, 200)})`,
        )
        .join(', ');
      const least = Math.min(...all.map(({ freeBytes }) => freeBytes));
      const advice = 'Make room: on a full disk alerts are not remembered, and the log has gaps.';
      if (least < LEAST_BYTES) return problem(text, advice);
      return least < LOW_BYTES ? warning(text, advice) : ok(text);
    }),
};

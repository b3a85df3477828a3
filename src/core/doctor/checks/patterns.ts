import { count } from '../../units.ts';
import { type DoctorCheck, ok, unknown, warning, whenKnown } from '../check.ts';
import { lines } from './config.ts';

export const PATTERNS: DoctorCheck = {
  name: 'patterns',
  looksAt: 'patterns of VMs, hosts and tags in the configuration that match nothing of what was read',
  minds: 'Those are a warning: often the name has a typing error.',
  isForWindows: false,
  judge: ({ unmatched }) =>
    whenKnown(unmatched, (problems) => {
      if (problems === null) return unknown('not every VM was read');
      if (problems.length === 0) return ok('every pattern matches something');
      return warning(
        `${count(problems.length, 'pattern matches', 'patterns match')} nothing that was read`,
        'Look for typing errors, and for VMs that are gone.',
        lines(problems),
      );
    }),
};

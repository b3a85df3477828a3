import { plainText } from '../../render/plain-text.ts';
import { count } from '../../units.ts';
import { type DoctorCheck, ok, problem, warning } from '../check.ts';
import type { FileProblem } from '../facts.ts';

const PATH_LENGTH = 300;
const MOST_TOLD = 20;

export const CONFIG: DoctorCheck = {
  name: 'config',
  looksAt: 'the configuration, as `config check` does',
  minds: 'A fault is a problem, and ends `doctor` with 78. Doubts are a warning.',
  isForWindows: false,
  judge({ config: { path, status, problems, warnings } }) {
    const file = plainText(path, PATH_LENGTH);
    if (status === 'wrong') {
      return problem(
        `${file}: ${count(problems.length, 'fault')}; no agent starts with it`,
        'Mend each line; "checkpoint-agent config check" tells when all is well. What needs the configuration was judged by the defaults.',
        lines(problems),
      );
    }
    if (warnings.length > 0) {
      return warning(
        `${file}: ${count(warnings.length, 'warning')}`,
        'It is used all the same.',
        lines(warnings),
      );
    }
    return ok(status === 'none' ? `there is no ${file}; the defaults are used` : `${file}: no errors`);
  },
};

export function lines(problems: readonly FileProblem[]): readonly string[] {
  const told = problems.slice(0, MOST_TOLD).map(({ line, path, message }) => {
    return [line === null ? '' : `line ${line}: `, path === '' ? '' : `${path}: `, message].join('');
  });
  const left = problems.length - told.length;
  return left === 0 ? told : [...told, `and ${left} more`];
}

import type { DoctorReport } from '../../doctor/index.ts';
import { isoJson } from '../scan/json.ts';

/** What the checks found as data: camelCase, UTC ISO times. */
export function doctorJson({ at, version, worst, results, notApplicable }: DoctorReport): unknown {
  return {
    schema: 1,
    kind: 'hyperv.doctor',
    version,
    at: isoJson(at),
    worst,
    checks: results.map(({ name, verdict, text, details, advice }) => ({
      name,
      verdict,
      text,
      details,
      advice,
    })),
    notApplicable,
  };
}

import type { Answer } from '../preflight/answer.ts';
import { fullInMs } from '../preflight/growth.ts';
import type { Outlook } from '../preflight/outlook.ts';
import { DAY_MS } from '../units.ts';
import { isoJson } from './scan/json.ts';

/** The answer as data: camelCase, UTC ISO times, integer bytes, `null` for unknown. */
export function answerJson(answer: Answer): unknown {
  const { question, verdict, reason, cautions, name, id, host, readAt, checks, outlook } = answer;
  return {
    schema: 1,
    kind: `hyperv.${question}`,
    vm: { id, name },
    host,
    readAt: isoJson(readAt),
    verdict,
    reason,
    cautions,
    checks: checks.map((check) => ({ id: check.id, verdict: check.verdict, text: check.text })),
    ...(question === 'preflight' ? { volumes: outlook === null ? null : volumesJson(outlook) } : {}),
  };
}

function volumesJson({ volumes, since }: Outlook): unknown {
  return volumes.map((volume) => {
    const { root, totalBytes, freeBytes, written } = volume;
    const isMeasured = since.known && written.bytes !== null;
    const full = isMeasured ? fullInMs(volume, since.ageMs) : null;
    return {
      root,
      totalBytes,
      freeBytes,
      bytesPerDay: isMeasured ? Math.round(((written.bytes ?? 0) / since.ageMs) * DAY_MS) : null,
      fullInSeconds: full === null ? null : Math.floor(full / 1000),
    };
  });
}

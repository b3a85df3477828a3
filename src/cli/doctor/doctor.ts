import { styleText } from 'node:util';
import type { DoctorVerdict } from '../../core/doctor/check.ts';
import { examine } from '../../core/doctor/index.ts';
import { doctorJson } from '../../core/render/doctor/json.ts';
import { doctorText, type PaintVerdict } from '../../core/render/doctor/text.ts';
import { SECOND_MS } from '../../core/units.ts';
import { EXIT_CONFIG } from '../config-for-command.ts';
import { untilInterrupted } from '../interrupt.ts';
import type { CliIo } from '../io.ts';
import { showProgress } from '../read-hosts.ts';
import { wantsColour } from '../wants-colour.ts';
import { gather } from './gather.ts';
import { type DoctorWorld, REAL_DOCTOR_WORLD } from './world.ts';

export interface DoctorRequest {
  readonly config: string | null;
  readonly stateDir: string | null;
  readonly service: string;
  /** `null`: as long as usual. */
  readonly timeoutMs: number | null;
  readonly json: boolean;
}

export const USUAL_TIMEOUT_MS = 30 * SECOND_MS;

/**
 * Checks everything that keeps the agent from working, changes nothing, and says how to mend it. Exit codes: 0 nothing
 * but ok and warnings, 1 a problem or something not known, 78 the configuration is wrong.
 */
export async function doctor(
  { json, timeoutMs, ...request }: DoctorRequest,
  io: CliIo,
  world: DoctorWorld = REAL_DOCTOR_WORLD,
): Promise<number> {
  const interrupt = untilInterrupted();
  const endProgress = showProgress('Looking', io);
  const limits = { timeoutMs: timeoutMs ?? USUAL_TIMEOUT_MS, isTimeoutGiven: timeoutMs !== null };
  const asked = { ...request, ...limits, events: false };
  const { facts, loaded } = await gather(asked, io, world, interrupt.signal).finally(() => {
    endProgress();
    interrupt.dispose();
  });
  const report = examine(facts);
  io.stdout.write(
    json ? `${JSON.stringify(doctorJson(report), null, 2)}\n` : doctorText(report, painter(io)),
  );
  if (!loaded.ok) return EXIT_CONFIG;
  return report.worst === 'problem' || report.worst === 'unknown' ? 1 : 0;
}

const COLOURS = {
  problem: 'red',
  unknown: 'magenta',
  warning: 'yellow',
  ok: 'green',
} as const satisfies Readonly<Record<DoctorVerdict, string>>;

function painter(io: CliIo): PaintVerdict {
  if (!wantsColour(io)) return (_, text) => text;
  return (verdict, text) => styleText(COLOURS[verdict], text, { validateStream: false });
}

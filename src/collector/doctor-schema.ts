import { z } from 'zod';
import type { Instant } from '../core/model.ts';

/** What the script `doctor` answers; `null` is not known. */
export type DoctorAnswer = z.output<typeof DOCTOR_ANSWER>;

const text = (length: number) => z.string().max(length);
const known = z.boolean().nullable();
const sids = z.array(text(200)).nullable();

/** An event of the service, as the Application log has it. */
export interface LoggedEvent {
  readonly at: Instant | null;
  readonly id: number;
  /** 2 error, 3 warning, 4 information. */
  readonly level: number;
  readonly message: string | null;
}

const event = z
  .object({
    at: text(40).nullable(),
    id: z.number(),
    level: z.number(),
    message: text(2000).nullable(),
  })
  .transform(({ at, ...rest }): LoggedEvent => {
    const ms = Date.parse(at ?? '');
    return { at: Number.isNaN(ms) ? null : ms, ...rest };
  });

export const DOCTOR_ANSWER = z.object({
  schema: z.literal(1),
  kind: z.literal('hyperv.doctor-facts'),
  ps: text(100),
  x64: z.boolean(),
  languageMode: text(100),
  account: z.object({
    name: text(500).nullable(),
    isAdministrator: known,
    isHeldBack: known,
    isHyperVAdministrator: known,
    isEventLogReader: known,
  }),
  policies: z.array(z.object({ scope: text(100), policy: text(100) })).nullable(),
  vmms: text(100).nullable(),
  hyperVModule: text(100).nullable(),
  hyperVAdministrators: sids,
  eventLogReaders: sids,
  /** SID of the account that was asked about. */
  serviceAccount: text(200).nullable(),
  eventSource: known,
  accessLists: z.array(z.object({ path: text(2000), sddl: text(100_000).nullable() })),
  events: z.array(event).nullable(),
  /** Facts that could not be found out, by the error id of PowerShell. */
  problems: z.array(z.object({ fact: text(100), id: text(200).nullable() })),
});

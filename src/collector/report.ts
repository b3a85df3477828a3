import { setImmediate } from 'node:timers/promises';
import { type CollectError, collectError } from '../core/collect-error.ts';
import { type DiskFile, type HostReading, type Instant, pathKey, type Vm } from '../core/model.ts';
import { excerpt } from './excerpt.ts';
import { invalidRecords, toCollectError } from './report-error.ts';
import { readFile } from './report-file.ts';
import { firstProblem, REPORT_KIND, REPORT_SCHEMA, type WireReport, wireReport } from './report-schema.ts';
import { readVm } from './report-vm.ts';
import { readVolumes } from './report-volume.ts';
import { withOnePathEach } from './volume-paths.ts';

/** So many records are read before others get their turn. */
const RECORDS_PER_TURN = 250;
const MAX_NAME_LENGTH = 255;

export interface ReportContext {
  /** The host's lower-cased name in the configuration; `null` takes what the report says. */
  readonly host: string | null;
  /** On the agent's clock; `null` takes the report's own time, as a replay does. */
  readonly readAt: Instant | null;
  /** `null` takes what the report says. */
  readonly durationMs: number | null;
}

export type ReadReport =
  | { readonly ok: true; readonly reading: HostReading }
  /** `host` is the name in the report, when it got that far. */
  | { readonly ok: false; readonly error: CollectError; readonly host: string | null };

/**
 * Reads the JSON document of one host; report-schema.ts describes it.
 * Fails when it is no such report, or when nothing of the host was seen; records that cannot be understood are left out and told.
 */
export async function readReport(text: string, context: ReportContext): Promise<ReadReport> {
  const frame = readFrame(text);
  if (!frame.ok) return { ...frame, host: null };
  const { wire } = frame;
  const host = context.host ?? wire.host.name.slice(0, MAX_NAME_LENGTH).toLowerCase();
  const errors = wire.errors.map(toCollectError);
  if (wire.vms === null) {
    const error = errors[0] ?? collectError('SCRIPT_FAILED', 'no VMs and no error in the report');
    return { ok: false, error, host };
  }
  // Nothing seen together with an error is no empty host.
  const [why] = errors.filter(hidesVms);
  if (wire.vms.length === 0 && why !== undefined) return { ok: false, error: why, host };
  return { ok: true, reading: await toReading(wire, errors, { ...context, host }) };
}

type Frame =
  | { readonly ok: true; readonly wire: WireReport }
  | { readonly ok: false; readonly error: CollectError };

function readFrame(text: string): Frame {
  const refuse = (code: 'JSON_INVALID' | 'VERSION_UNKNOWN', detail: string): Frame => ({
    ok: false,
    error: collectError(code, excerpt(detail)),
  });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return refuse('JSON_INVALID', error instanceof Error ? error.message : String(error));
  }
  const { kind, schema } = Object(document);
  if (kind !== REPORT_KIND) {
    return refuse('JSON_INVALID', `${shown('kind', kind)}, expected "${REPORT_KIND}"`);
  }
  if (schema !== REPORT_SCHEMA) {
    return refuse('VERSION_UNKNOWN', `${shown('schema', schema)}, expected ${REPORT_SCHEMA}`);
  }
  const parsed = wireReport.safeParse(document);
  return parsed.success
    ? { ok: true, wire: parsed.data }
    : refuse('JSON_INVALID', firstProblem(parsed.error));
}

function shown(field: string, value: unknown): string {
  return value === undefined ? `it has no ${field}` : `its ${field} is ${JSON.stringify(value)}`;
}

async function toReading(
  wire: WireReport,
  errors: readonly CollectError[],
  context: ReportContext & { readonly host: string },
): Promise<HostReading> {
  const hostClockAt = Date.parse(wire.host.utcNow);
  const problems: CollectError[] = [];
  const { vms, files, volumes } = withOnePathEach(
    {
      vms: await readVms(wire.vms ?? [], hostClockAt, problems),
      files: await readFiles(wire.files, problems),
    },
    readVolumes(wire.volumes),
  );
  return {
    status: 'read',
    host: context.host,
    readAt: context.readAt ?? hostClockAt,
    hostClockAt,
    durationMs: context.durationMs ?? Math.max(0, Date.parse(wire.finishedAt) - Date.parse(wire.startedAt)),
    facts: {
      name: wire.host.name.slice(0, MAX_NAME_LENGTH),
      fqdn: wire.host.fqdn?.slice(0, MAX_NAME_LENGTH) ?? null,
      osBuild: wire.host.osBuild,
      timeZone: wire.host.tz,
      utcOffsetMin: wire.host.utcOffsetMin,
      cluster: wire.host.cluster,
      hintedVms: wire.host.hintedVms,
    },
    collector: {
      powershell: wire.collector.ps,
      edition: wire.collector.edition,
      languageMode: wire.collector.languageMode,
      elevated: wire.collector.elevated,
      module: wire.collector.module,
      timingsMs: wire.collector.timings,
    },
    vms,
    files: onePerPath(files),
    volumes,
    errors: [...errors, ...missingVms(wire, errors), ...invalidRecords(problems)],
  };
}

/** Whether there may be VMs of which nothing is said because of it. */
function hidesVms({ code }: CollectError): boolean {
  return code !== 'FACT_FAILED';
}

/** The script counts what it saw before it describes it, so that a lost record is noticed. */
function missingVms({ host, vms }: WireReport, errors: readonly CollectError[]): readonly CollectError[] {
  const missing = (host.visibleVms ?? 0) - (vms?.length ?? 0);
  if (missing <= 0 || errors.some(hidesVms)) return [];
  return [collectError('ENUMERATION_FAILED', `${missing} of ${host.visibleVms} VMs are not in the report`)];
}

async function readVms(
  records: readonly unknown[],
  hostClockAt: Instant,
  problems: CollectError[],
): Promise<readonly Vm[]> {
  const vms = new Map<string, Vm>();
  for (const [index, record] of records.entries()) {
    if (index % RECORDS_PER_TURN === RECORDS_PER_TURN - 1) await setImmediate();
    const read = readVm(record, index, hostClockAt);
    if (!read.ok) problems.push(read.error);
    else if (vms.has(read.vm.id)) {
      problems.push(collectError('RECORD_INVALID', `vms[${index}].id: the same id twice`, read.vm.id));
    } else vms.set(read.vm.id, read.vm);
  }
  return [...vms.values()];
}

async function readFiles(
  records: readonly unknown[],
  problems: CollectError[],
): Promise<readonly DiskFile[]> {
  const files: DiskFile[] = [];
  for (const [index, record] of records.entries()) {
    if (index % RECORDS_PER_TURN === RECORDS_PER_TURN - 1) await setImmediate();
    const { file, problem } = readFile(record, index);
    if (file === null) {
      problems.push(collectError('RECORD_INVALID', problem));
      continue;
    }
    files.push(file);
  }
  return files;
}

/** The first of two records for one file came from the walk that met it first; one without an error goes before it. */
function onePerPath(files: readonly DiskFile[]): readonly DiskFile[] {
  const byKey = new Map<string, DiskFile>();
  for (const file of files) {
    const key = pathKey(file.path);
    const known = byKey.get(key);
    if (known === undefined || (known.error !== null && file.error === null)) byKey.set(key, file);
  }
  return [...byKey.values()];
}

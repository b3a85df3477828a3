import { z } from 'zod';
import type { Alert } from '../core/alert/alert.ts';
import { isErrorCode } from '../core/collect-error.ts';
import type { Finding } from '../core/finding.ts';
import { CHECKPOINT_KINDS, type HostReading } from '../core/model.ts';
import type { RuleId } from '../core/rules/index.ts';
import { SEVERITIES } from '../core/severity.ts';
import type { OutgoingMail } from '../ports.ts';

/**
 * What is stored as JSON, checked when it is read back: a file outlives the version that wrote it. A field added to
 * the model is a compile error here, and rows from before it are dropped when they are read, unless it has a default.
 */

const instant = z.number();
const severity = z.enum(SEVERITIES);
const quantity = z.object({ unit: z.enum(['ms', 'bytes', 'count', 'ratio']), value: z.number() });
const kind = z.enum(CHECKPOINT_KINDS);

const finding: z.ZodType<Finding> = z.object({
  // A rule of another version is kept, so that its alert can end.
  rule: z.custom<RuleId>((value) => typeof value === 'string'),
  subject: z.string(),
  severity,
  host: z.string(),
  vm: z.object({ id: z.string(), name: z.string() }).nullable(),
  checkpoint: z.object({ id: z.string(), name: z.string(), kind: z.string() }).nullable(),
  sinceAt: instant.nullable(),
  value: quantity.nullable(),
  threshold: quantity.nullable(),
  reason: z.string(),
  message: z.string(),
  advice: z.string(),
  // Findings of versions that knew neither have neither.
  owner: z.string().nullable().default(null),
  exception: z
    .object({
      reason: z.string(),
      untilAt: instant,
      owner: z.string().nullable(),
      line: z.number().nullable(),
    })
    .nullable()
    .default(null),
});

const alert: z.ZodType<Alert> = z.object({
  key: z.string(),
  finding,
  startedAt: instant,
  lastSeenAt: instant,
  absences: z.number(),
  absentAt: instant.nullable(),
  endedAt: instant.nullable(),
  milderSince: instant.nullable(),
  told: z.object({ severity, at: instant, wasExcepted: z.literal(true).exactOptional() }).nullable(),
});

const mail: z.ZodType<OutgoingMail> = z.object({
  messageId: z.string(),
  threadId: z.string().nullable(),
  composedAt: instant,
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  headers: z.record(z.string(), z.string()),
});

const namedCode = z.object({ code: z.number(), name: z.string() });
const collectError = z.object({
  code: z.custom<HostReading['errors'][number]['code']>(
    (value) => typeof value === 'string' && isErrorCode(value),
  ),
  detail: z.string().nullable(),
  target: z.string().nullable(),
});
const disks = z
  .array(
    z.object({
      slot: z.string(),
      kind: z.enum(['vhd', 'vhdset', 'passthrough', 'empty']),
      path: z.string().nullable(),
      shared: z.boolean(),
    }),
  )
  .nullable();

const checkpoint = z.object({
  id: z.string(),
  name: z.string(),
  type: namedCode,
  kind,
  parentId: z.string().nullable(),
  createdAt: instant.nullable(),
  hasMemory: z.boolean().nullable(),
  notes: z.string().nullable(),
  systemBytes: z.number().nullable(),
  disks,
});

const vm = z.object({
  id: z.string(),
  name: z.string(),
  state: namedCode,
  operationalStatus: z.array(z.number()),
  replicationMode: z.enum(['none', 'primary', 'replica', 'test-replica', 'extended-replica']).nullable(),
  generation: z.number().nullable(),
  isClustered: z.boolean().nullable(),
  checkpointType: z.number().nullable(),
  automaticCheckpoints: z.boolean().nullable(),
  guestProductType: z.number().nullable().default(null),
  notes: z.string().nullable(),
  parentCheckpointId: z.string().nullable(),
  disks,
  checkpoints: z.array(checkpoint).nullable(),
  errors: z.array(collectError),
});

const file = z.object({
  path: z.string(),
  type: z.enum(['fixed', 'dynamic', 'differencing', 'unknown']),
  fileBytes: z.number().nullable(),
  virtualBytes: z.number().nullable(),
  parent: z.union([
    z.object({ known: z.literal(true), path: z.string().nullable() }),
    z.object({ known: z.literal(false), path: z.null() }),
  ]),
  lastWriteAt: instant.nullable(),
  error: collectError.nullable(),
});

const volume = z.object({
  root: z.string(),
  fileSystem: z.string().nullable(),
  totalBytes: z.number().nullable(),
  freeBytes: z.number().nullable(),
  error: collectError.nullable(),
});

const reading: z.ZodType<HostReading> = z.object({
  status: z.literal('read'),
  host: z.string(),
  readAt: instant,
  hostClockAt: instant,
  durationMs: z.number(),
  facts: z.object({
    name: z.string(),
    fqdn: z.string().nullable(),
    osBuild: z.number().nullable(),
    timeZone: z.string().nullable(),
    utcOffsetMin: z.number().nullable(),
    cluster: z.object({ id: z.string().nullable(), name: z.string(), node: z.string() }).nullable(),
    hintedVms: z.number().nullable(),
  }),
  collector: z.object({
    powershell: z.string().nullable(),
    edition: z.string().nullable(),
    languageMode: z.string().nullable(),
    elevated: z.boolean().nullable(),
    module: z.string().nullable(),
    timingsMs: z.record(z.string(), z.number()),
  }),
  vms: z.array(vm),
  files: z.array(file),
  volumes: z.array(volume).default([]),
  errors: z.array(collectError),
});

export const parseAlert = parser(alert);
export const parseMail = parser(mail);
export const parseReading = parser(reading);
export const parseAddresses = parser<readonly string[]>(z.array(z.string()));

function parser<T>(schema: z.ZodType<T>): (text: unknown) => T | null {
  return (text) => {
    try {
      const result = schema.safeParse(JSON.parse(String(text)));
      return result.success ? result.data : null;
    } catch {
      return null;
    }
  };
}

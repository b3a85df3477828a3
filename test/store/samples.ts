import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Alert } from '../../src/core/alert/alert.ts';
import { findingKey } from '../../src/core/finding.ts';
import type { Clock, OutgoingMail, Store } from '../../src/ports.ts';
import { openStore, type StoreOptions } from '../../src/store/sqlite.ts';
import { finding, NOW } from '../builders.ts';

export class FakeClock implements Clock {
  at = NOW;
  now(): number {
    return this.at;
  }
  monotonicMs(): number {
    return this.at;
  }
}

/** A folder that is removed after the test, when what was opened in it has been closed. */
export function tempDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'checkpoint-agent-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export interface Opened {
  readonly store: Store;
  readonly notices: readonly string[];
  readonly clock: FakeClock;
}

/** Opens a store that must open, and closes it after the test. */
export function opened(stateDir: string, more: Partial<StoreOptions> = {}): Opened {
  const clock = new FakeClock();
  const result = openStore({ stateDir, clock, ...more });
  if (!result.ok) throw new Error(result.problem.message);
  onTestFinished(() => result.store.close());
  return { store: result.store, notices: result.notices, clock };
}

export function sampleAlert(name: string, more: Partial<Alert> = {}): Alert {
  const about = finding({ vm: name, checkpoint: 'before patch' });
  return {
    key: findingKey(about),
    finding: about,
    startedAt: NOW,
    lastSeenAt: NOW,
    absences: 0,
    absentAt: null,
    endedAt: null,
    milderSince: null,
    told: { severity: 'warning', at: NOW },
    ...more,
  };
}

export function sampleMail(id: string, more: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    messageId: `<${id}@hvmon>`,
    threadId: '<thread@hvmon>',
    composedAt: NOW,
    from: 'hyperv@example.com',
    to: ['a@example.com', 'b@example.com'],
    subject: 'SQL01: stale checkpoint',
    text: 'text',
    html: '<p>text</p>',
    headers: { 'Auto-Submitted': 'auto-generated' },
    ...more,
  };
}

import { describe, expect, it } from 'vitest';
import { composeMails } from '../../../src/core/render/mail/compose-mails.ts';
import { DAY_MS, GIB, HOUR_MS } from '../../../src/core/units.ts';
import { type CheckpointSpec, type HostSpec, NOW, type VmSpec } from '../../builders.ts';
import { changes, judged, SETTINGS } from './mail-samples.ts';

/** What the mail says on how to keep the checkpoint; `null` for nothing. */
function keepIt(
  checkpoint: Partial<CheckpointSpec>,
  { vm = {}, host = {} }: { readonly vm?: Partial<VmSpec>; readonly host?: HostSpec } = {},
): string | null {
  const checkpoints = [{ name: 'before patch', ageMs: 9 * DAY_MS, ...checkpoint }];
  const view = judged({ vms: [{ name: 'SQL01', checkpoints, ...vm }], ...host });
  const texts = composeMails(changes(view, 'new'), view, SETTINGS).map(({ text }) => text);
  const match = /^ {2}Keep it {2,}(.*\n(?: {6,}.*\n)*)/m.exec(texts.join('\n'));
  return match?.[1]?.trim().replaceAll(/\s*\n\s*/g, ' ') ?? null;
}

const RENAMED =
  "If it is still needed, on hv01: Rename-VMCheckpoint -VMName 'SQL01' -Name 'before patch' -NewName 'before patch keep-until=2026-12-04'";

describe('a checkpoint that is too old', () => {
  it('can be kept for two weeks by its name', () => {
    expect(keepIt({})).toBe(RENAMED);
    expect(keepIt({ kind: 'automatic', ageMs: 20 * DAY_MS })).toBe(RENAMED);
  });

  it('has the day of its host, not of the agent', () => {
    // 10:30 UTC on the agent's clock; the host's is an hour ahead of UTC, and half a day wrong.
    expect(keepIt({}, { host: { clockOffsetMs: 12.4 * HOUR_MS } })).toBe(RENAMED);
    expect(keepIt({}, { host: { clockOffsetMs: 12.6 * HOUR_MS } })).toContain('keep-until=2026-12-05');
  });

  it('is named by its id where its VM cannot be by its name', () => {
    expect(keepIt({}, { vm: { name: "it's" } })).toMatch(
      /: Get-VM -Id [0-9a-f-]{36} \| Get-VMCheckpoint \| Where-Object Id -eq '[0-9a-f-]{36}' \| Rename-VMCheckpoint -NewName 'before patch keep-until=2026-12-04'$/,
    );
  });

  it.each(["it's", 'a‘b', '$(x)', 'über', 'a\nb', 'x'.repeat(90)])(
    'is renamed by hand where its name is not plain, or too long: %j',
    (name) => {
      expect(keepIt({ name })).toBe(
        'If it is still needed, rename it so that its name ends with "keep-until=2026-12-04".',
      );
    },
  );

  it('is kept by an exception where its name could not keep it so long', () => {
    const text =
      'If it is still needed, make an exception in the configuration: its name can keep it for 90d from its creation at most (max_declared_lifetime).';
    expect(keepIt({ ageMs: 75 * DAY_MS })).toBe(RENAMED);
    expect(keepIt({ ageMs: 76 * DAY_MS })).toBe(text);
  });

  it('is not offered to be kept where it is not too old, or not of a user', () => {
    expect(keepIt({ ageMs: HOUR_MS, layerBytes: 300 * GIB })).toBeNull();
    expect(keepIt({ kind: 'planned' })).toBeNull();
    expect(keepIt({ kind: 'unknown' })).toBeNull();
  });
});

describe('a checkpoint whose declared end is past', () => {
  const old = 'before patch keep-until=2026-11-18';

  it('needs another declaration in place of the old one', () => {
    expect(keepIt({ name: old })).toBe(
      'If it is still needed, write keep-until=2026-12-04 into its name or notes in place of "keep-until=2026-11-18".',
    );
    expect(keepIt({ notes: 'ttl=2d' })).toBe(
      'If it is still needed, write keep-until=2026-12-04 into its name or notes in place of "ttl=2d".',
    );
  });

  it('can have one in its name where the old one is in the notes of the VM', () => {
    expect(keepIt({}, { vm: { notes: 'ttl=2d' } })).toBe(RENAMED);
  });
});

it('is said of no checkpoint that is gone', () => {
  const before = judged({ vms: [{ name: 'SQL01', checkpoints: [{ name: 'x', ageMs: 9 * DAY_MS }] }] });
  const after = judged({ vms: [{ name: 'SQL01' }] });
  const [mail] = composeMails(changes(before, 'resolved'), { ...after, now: NOW }, SETTINGS);
  expect(mail?.text).not.toContain('Keep it');
});

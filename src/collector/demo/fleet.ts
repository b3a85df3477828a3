import type { Outage, Story, StoryDisk, StoryEvent } from './story.ts';

const DAY = 24;
const disk = (virtualGib: number, usedGib: number): StoryDisk => ({ virtualGib, usedGib, type: 'dynamic' });
const fixed = (virtualGib: number): StoryDisk => ({ virtualGib, usedGib: virtualGib, type: 'fixed' });

/** A VM that nothing happens to. */
const quiet = (name: string, host: string): Story => ({
  name,
  host,
  disks: [disk(100, 42)],
  gibPerDay: 2,
  events: [],
});

/** A desktop of a pool, which goes back to its mark at each sign-out. */
const pooled = (name: string): Story => ({
  ...quiet(name, 'hv02'),
  gibPerDay: 0.02,
  productType: 1,
  events: [{ at: -40 * DAY, do: 'take', name: 'RDV_ROLLBACK - template 7' }],
});

/** Recovery points of Hyper-V Replica: one an hour, the last 24 kept. */
function recoveryPoints(): readonly StoryEvent[] {
  return Array.from({ length: 24 + 24 * 6 }, (_, index): readonly StoryEvent[] => {
    const at = index - 24;
    const point: StoryEvent = { at, do: 'take', name: `Recovery point ${at + 25}`, kind: 'replica' };
    return at < 0 ? [point] : [{ at, do: 'delete', name: `Recovery point ${at + 1}` }, point];
  }).flat();
}

/** Two hosts with every kind of trouble; within two minutes of demo time it appears, worsens and ends. */
export const FLEET: readonly Story[] = [
  {
    name: 'SQL01',
    host: 'hv01',
    disks: [fixed(600)],
    gibPerDay: 32,
    events: [
      { at: -12 * DAY - 4, do: 'take', name: 'before patch' },
      { at: -3 * DAY - 1, do: 'take', name: 'try index', memoryGib: 8 },
      { at: 90, do: 'delete', name: 'try index' },
    ],
  },
  {
    name: 'SQL02',
    host: 'hv01',
    disks: [disk(800, 410), disk(200, 66)],
    gibPerDay: 1.2,
    events: [{ at: -4 * DAY, do: 'take', name: 'before cumulative update', notes: 'CU12, owner=j.doe' }],
  },
  {
    name: 'WEB07',
    host: 'hv01',
    disks: [disk(127, 31)],
    gibPerDay: 0.8,
    events: [
      { at: -66, do: 'take', name: 'test' },
      { at: 40, do: 'delete', name: 'test' },
    ],
  },
  {
    name: 'FILE01',
    host: 'hv01',
    disks: [disk(2048, 1380)],
    gibPerDay: 190,
    events: [
      { at: -2, do: 'take', name: 'Veeam agent upgrade' },
      { at: 34, do: 'delete', name: 'Veeam agent upgrade' },
    ],
  },
  {
    name: 'EXCH01',
    host: 'hv01',
    disks: [disk(500, 388)],
    gibPerDay: 4,
    notes: 'Mail. No checkpoints, please. [ckpt:never]',
    events: [
      { at: 50, do: 'take', name: 'try connector' },
      { at: 66, do: 'delete', name: 'try connector' },
      { at: 20, do: 'state', code: 32789, name: 'PausedCritical' },
      { at: 28, do: 'state', code: 2, name: 'Running' },
    ],
  },
  {
    name: 'DEV05',
    host: 'hv01',
    disks: [disk(256, 90)],
    gibPerDay: 1.5,
    notes: "Developers' playground [ckpt:tag=lab]",
    events: [
      { at: -60, do: 'take', name: 'clean install' },
      { at: -58, do: 'take', name: 'with tools' },
      { at: -40, do: 'take', name: 'attempt 1' },
      { at: -30, do: 'revert', name: 'with tools' },
      { at: -20, do: 'take', name: 'attempt 2' },
      { at: 60, do: 'delete', name: 'attempt 1' },
    ],
  },
  {
    name: 'BUILD02',
    host: 'hv01',
    disks: [disk(300, 120)],
    gibPerDay: 6,
    events: [{ at: -30, do: 'take', name: 'BUILD02 - Backup - (11/19/2026)', kind: 'backup' }],
  },
  {
    name: 'APP03',
    host: 'hv01',
    disks: [disk(127, 40)],
    gibPerDay: 1,
    events: [{ at: -2, do: 'take', name: 'Automatic Checkpoint - APP03', kind: 'automatic' }],
  },
  {
    name: 'DC01',
    host: 'hv01',
    disks: [disk(100, 42)],
    gibPerDay: 2,
    productType: 2,
    events: [
      { at: -0.5, do: 'take', name: 'before update' },
      { at: 30, do: 'delete', name: 'before update' },
    ],
  },
  quiet('APP01', 'hv01'),
  { ...quiet('APP02', 'hv01'), automaticCheckpoints: true },
  {
    name: 'PRINT01',
    host: 'hv01',
    disks: [disk(100, 42), disk(200, 12)],
    attachedDisks: 1,
    gibPerDay: 0.5,
    events: [
      { at: -20, do: 'take', name: 'before driver 8 - keep until Monday' },
      { at: -10, do: 'attach' },
    ],
  },
  quiet('RADIUS01', 'hv01'),
  {
    name: 'FILE02',
    host: 'hv02',
    disks: [disk(1024, 700)],
    gibPerDay: 44,
    events: [
      { at: -50, do: 'take', name: 'FILE02 - Backup', kind: 'backup' },
      { at: -26, do: 'delete, but the merge fails', name: 'FILE02 - Backup' },
    ],
  },
  {
    name: 'APP11',
    host: 'hv02',
    disks: [disk(200, 80)],
    gibPerDay: 3,
    events: [
      { at: -10, do: 'take', name: 'before release 4.2 ttl=36h' },
      { at: 12, do: 'lock' },
      { at: 24, do: 'unlock' },
      { at: 80, do: 'delete', name: 'before release 4.2 ttl=36h' },
    ],
  },
  {
    name: 'SQL03',
    host: 'hv02',
    disks: [disk(400, 210)],
    gibPerDay: 2,
    replica: true,
    events: recoveryPoints(),
  },
  {
    name: 'LAB09',
    host: 'hv02',
    disks: [disk(100, 40)],
    gibPerDay: 0.08,
    events: [{ at: -201 * DAY, do: 'take', name: 'golden' }],
  },
  {
    name: 'Erika\'s test | "new"',
    host: 'hv02',
    disks: [disk(60, 12)],
    gibPerDay: 0.5,
    events: [{ at: -70, do: 'take', name: 'vor dem Update $(Get-Date) <b>' }],
  },
  {
    name: 'JUMP01',
    host: 'hv02',
    disks: [disk(80, 30)],
    gibPerDay: 0.1,
    events: [{ at: 4, do: 'take', name: 'before joining the new domain' }],
  },
  { ...quiet('DC02', 'hv02'), productType: 2 },
  {
    ...quiet('SQLCL1', 'hv02'),
    disks: [disk(100, 42), fixed(500)],
    sharedDisks: [1],
    notes: 'Node of a guest cluster: its data disk is shared with SQLCL2.',
  },
  pooled('VDI-01'),
  pooled('VDI-02'),
  pooled('VDI-03'),
  pooled('VDI-04'),
  {
    ...quiet('MON01', 'hv02'),
    events: [{ at: -3, do: 'take', name: 'MON01 - (11/20/2026 - 8:00:03 AM)' }],
  },
  quiet('WSUS01', 'hv02'),
];

export const OUTAGES: readonly Outage[] = [{ host: 'hv02', from: 48, until: 54 }];

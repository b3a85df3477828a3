import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_INVENTORY } from '../../../src/core/inventory.ts';
import { evaluateCheck } from '../../../src/core/nagios/evaluate.ts';
import { parseCheckOptions } from '../../../src/core/nagios/options.ts';
import { type CheckResult, exitCode, unknownResult } from '../../../src/core/nagios/result.ts';
import { renderCheck } from '../../../src/core/render/nagios.ts';
import { DAY_MS, GIB, HOUR_MS, MINUTE_MS } from '../../../src/core/units.ts';
import type { AgentView } from '../../../src/core/view.ts';
import { finding, guid, NOW, type VmSpec, view } from '../../builders.ts';
import { hostileName } from '../../hostile.ts';

function check(of: AgentView, ...pairs: readonly (readonly [string, string])[]): CheckResult {
  const parsed = parseCheckOptions(pairs);
  if (!parsed.ok) throw new Error(parsed.problem);
  return evaluateCheck(of, parsed.options);
}

const SQL01: VmSpec = {
  name: 'SQL01',
  checkpoints: [
    { name: 'before patch', ageMs: 12 * DAY_MS + 4 * HOUR_MS, layerBytes: Math.round(301.2 * GIB) },
    { name: 'try index', ageMs: 3 * DAY_MS + HOUR_MS, layerBytes: Math.round(16.1 * GIB) },
  ],
};
const WEB07: VmSpec = {
  name: 'WEB07',
  checkpoints: [{ name: 'test', ageMs: 4 * DAY_MS, layerBytes: 17 * GIB }],
};
const DC01: VmSpec = { name: 'DC01' };
const APP11: VmSpec = { name: 'APP11', checkpoints: [{ name: 'x', layerBytes: null }] };
const TOO_OLD = finding(
  { vm: 'SQL01', checkpoint: 'before patch' },
  { severity: 'critical', reason: 'older than 7d' },
);
const TOO_BIG = finding(
  { vm: 'SQL01', checkpoint: 'before patch' },
  { rule: 'avhdx-size', severity: 'critical', reason: 'more than 200 GiB' },
);
const FINDINGS = [
  finding({ vm: 'WEB07', checkpoint: 'test' }),
  finding({ vm: 'SQL01', checkpoint: 'try index', index: 1 }),
  TOO_OLD,
  TOO_BIG,
  finding({ vm: 'DC01' }, { severity: 'info', reason: 'worth knowing' }),
];
const REFUSED = { code: 'ACCESS_DENIED', detail: 'Access is denied.', target: null } as const;

describe(renderCheck, () => {
  const everything = view(
    [
      { vms: [SQL01, WEB07, DC01] },
      { host: 'hv02', vms: [APP11] },
      { host: 'hv03', unread: true, failed: REFUSED },
    ],
    FINDINGS,
  );

  it('tells the worst VM first, then what was not looked at', async () => {
    await expect(renderCheck(check(everything))).toMatchFileSnapshot('check-critical.txt');
  });

  it('tells more when asked', async () => {
    const verbose = check(everything, ['verbose', '2'], ['perfdata-per-vm', '1']);
    await expect(renderCheck(verbose)).toMatchFileSnapshot('check-verbose.txt');
  });

  it('says how things are when all is well', async () => {
    const fine = check(
      view([{ vms: [DC01, { name: 'LAB', checkpoints: [{ name: 'x', ageMs: HOUR_MS }] }] }]),
    );
    await expect(renderCheck(fine)).toMatchFileSnapshot('check-ok.txt');
  });

  it('puts what could not be looked at before a warning', async () => {
    const of = view(
      [{ vms: [WEB07] }, { host: 'hv03', unread: true, failed: REFUSED }],
      [FINDINGS[0] ?? TOO_OLD],
    );
    await expect(renderCheck(check(of))).toMatchFileSnapshot('check-unknown.txt');
  });

  it('judges thresholds of the caller for each VM', async () => {
    const size = check(everything, ['metric', 'size'], ['warning', '10GiB'], ['critical', '300GiB']);
    await expect(renderCheck(size)).toMatchFileSnapshot('check-size.txt');
  });

  it('keeps to the plugin contract, whatever the names', () => {
    fc.assert(
      fc.property(hostileName, hostileName, fc.boolean(), (name, checkpoint, isPerVm) => {
        const vms = [{ name, checkpoints: [{ name: checkpoint, layerBytes: null }] }];
        const failed = { ...REFUSED, detail: name };
        const of = view(
          [{ vms }, { host: 'hv03', unread: true, failed }],
          [finding({ vm: name, checkpoint })],
        );
        const text = renderCheck(check(of, ['perfdata-per-vm', isPerVm ? '1' : '0']));
        const [first = '', ...rest] = text.trimEnd().split('\n');
        expect(first.split('|')).toHaveLength(2);
        expect(first.split('|')[0]?.trimEnd().length).toBeLessThanOrEqual(80);
        expect(first).toContain('hv03 not read');
        expect(rest.join('')).not.toContain('|');
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e]/u);
        expect(rest).toHaveLength(3);
      }),
    );
  });

  it('cuts long output, and says so', () => {
    const vms = Array.from({ length: 30 }, (_, n) => ({ name: `VM${n}`, checkpoints: [{ name: 'x' }] }));
    const of = view(
      [{ vms }],
      vms.map(({ name }) => finding({ vm: name, checkpoint: 'x' })),
    );
    const lines = renderCheck(check(of, ['max-lines', '5']))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[0]).toContain('(+29 VMs)');
    expect(lines[6]).toBe('... and 25 more');
  });

  it('says why it cannot tell', () => {
    expect(renderCheck(unknownResult('no agent', ['start it']))).toBe(
      'CHECKPOINTS UNKNOWN - no agent\nstart it\n',
    );
  });

  it('fills the first line up to 80 characters, and tells all on the second when it is too short', () => {
    const head = 'CHECKPOINTS UNKNOWN - ';
    const fits = 'x'.repeat(80 - head.length);
    expect(renderCheck(unknownResult(fits))).toBe(`${head}${fits}\n`);
    const [first, ...rest] = renderCheck(unknownResult(`${fits}y`)).split('\n');
    expect([first?.length, rest]).toEqual([80, [`${fits}y`, '']]);
    expect(renderCheck(unknownResult(`${fits}y`, [], 'in short'))).toBe(`${head}in short\n${fits}y\n`);
  });

  it('is shown in the documentation as it is', () => {
    const shown = readFileSync('docs/check.md', 'utf8');
    expect(shown).toContain(
      `\`\`\`\n$ checkpoint-agent check\n${readFileSync('test/core/render/check-critical.txt', 'utf8')}\`\`\`\n`,
    );
  });
});

describe(evaluateCheck, () => {
  const status = (of: AgentView, ...pairs: (readonly [string, string])[]) => check(of, ...pairs).status;

  it('is UNKNOWN before anything was scanned', () => {
    expect(status({ ...view([]), inventory: EMPTY_INVENTORY })).toBe('UNKNOWN');
    expect(status(view([{ unread: true }]))).toBe('UNKNOWN');
  });

  it('has the exit code of its status, with CRITICAL before UNKNOWN before WARNING', () => {
    const unread = { host: 'hv03', unread: true };
    const warned = finding({ vm: 'DC01' });
    const codes = [
      view([{ vms: [DC01] }]),
      view([{ vms: [DC01] }], [warned]),
      view([{ vms: [DC01] }], [{ ...warned, severity: 'critical' }]),
      view([{ vms: [DC01] }, unread]),
      view([{ vms: [DC01] }, unread], [warned]),
      view([{ vms: [DC01] }, unread], [{ ...warned, severity: 'critical' }]),
    ].map((of) => exitCode(check(of)));
    expect(codes).toEqual([0, 1, 2, 3, 3, 2]);
  });

  it('does not raise the alarm for infos', () => {
    expect(status(view([{ vms: [DC01] }], [finding({ vm: 'DC01' }, { severity: 'info' })]))).toBe('OK');
  });

  it('is UNKNOWN when the latest scan failed, although there is older data', () => {
    expect(status(view([{ vms: [DC01], failed: REFUSED }]))).toBe('UNKNOWN');
  });

  it('is UNKNOWN when the scan is older than three intervals, or than the age allowed', () => {
    const scannedAgo = (ms: number) => view([{ vms: [DC01], readAt: NOW - ms }]);
    expect(status(scannedAgo(45 * MINUTE_MS))).toBe('OK');
    expect(status(scannedAgo(45 * MINUTE_MS + 1))).toBe('UNKNOWN');
    expect(status(scannedAgo(2 * HOUR_MS), ['max-age', '3h'])).toBe('OK');
    expect(status(scannedAgo(2 * MINUTE_MS), ['max-age', '1m'])).toBe('UNKNOWN');
  });

  it('is UNKNOWN for a VM whose checkpoints or sizes were not read', () => {
    expect(status(view([{ vms: [{ ...DC01, checkpoints: null }] }]))).toBe('UNKNOWN');
    expect(status(view([{ vms: [APP11] }]))).toBe('UNKNOWN');
  });

  it('says once what could not be read, and loses no finding about it', () => {
    const incomplete = finding({ vm: 'APP11' }, { rule: 'scan-incomplete' });
    const unread = check(view([{ vms: [APP11] }], [incomplete]));
    expect([unread.status, unread.lines.length]).toEqual(['UNKNOWN', 1]);
    const critical = check(view([{ vms: [APP11] }], [{ ...incomplete, severity: 'critical' }]));
    expect([critical.status, critical.lines.length]).toEqual(['CRITICAL', 2]);
    const readSince = check(view([{ vms: [{ name: 'APP11' }] }], [incomplete]));
    expect([readSince.status, readSince.lines.length]).toEqual(['WARNING', 1]);
  });

  it('says, but does not raise the alarm for, a VM that a backup keeps busy', () => {
    const errors = [{ code: 'BUSY_SKIPPED', detail: null, target: null } as const];
    const busy = check(view([{ vms: [{ ...DC01, errors }] }]));
    expect(busy.status).toBe('OK');
    expect(busy.lines).toHaveLength(1);
  });

  it('is UNKNOWN for a VM that does not exist, also beside one that does', () => {
    const of = view([{ vms: [DC01] }]);
    expect(status(of, ['vm', 'SQL99'])).toBe('UNKNOWN');
    expect(status(of, ['vm', 'DC01'], ['vm', 'SQL99'])).toBe('UNKNOWN');
    expect(status(of, ['host', 'hv99'])).toBe('UNKNOWN');
  });

  it('looks at the VMs that were named, by pattern or id, and at no others', () => {
    const of = view([{ vms: [SQL01, WEB07, DC01] }], FINDINGS);
    expect(status(of, ['vm', 'dc*'])).toBe('OK');
    expect(status(of, ['vm', 'web0?'])).toBe('WARNING');
    expect(status(of, ['vm', guid('SQL01')])).toBe('CRITICAL');
    expect(status(of, ['vm', 'dc01'], ['vm', 'SQL01'])).toBe('CRITICAL');
  });

  it('lets a host that was not read spoil a pattern, but not a VM found elsewhere', () => {
    const of = view([{ vms: [DC01] }, { host: 'hv03', unread: true, failed: REFUSED }]);
    expect(status(of, ['vm', 'DC01'])).toBe('OK');
    expect(status(of, ['vm', 'DC*'])).toBe('UNKNOWN');
    expect(status(of, ['host', 'hv01'])).toBe('OK');
  });

  it('takes thresholds of the caller instead of the findings', () => {
    const of = view([{ vms: [SQL01, WEB07, DC01] }], FINDINGS);
    expect(status(of, ['critical', '30d'])).toBe('OK');
    expect(status(of, ['warning', '3d'], ['critical', '30d'])).toBe('WARNING');
    expect(status(of, ['metric', 'count'], ['critical', '1'])).toBe('CRITICAL');
    expect(status(of, ['metric', 'size'], ['critical', '400GiB'])).toBe('OK');
  });

  it('judges the age of a checkpoint of an unknown kind as that of a user', () => {
    const unknown: VmSpec = { name: 'A', checkpoints: [{ name: 'x', kind: 'unknown', ageMs: 9 * DAY_MS }] };
    const backup: VmSpec = { name: 'B', checkpoints: [{ name: 'x', kind: 'backup', ageMs: 9 * DAY_MS }] };
    expect(status(view([{ vms: [unknown] }]), ['critical', '7d'])).toBe('CRITICAL');
    expect(status(view([{ vms: [backup] }]), ['critical', '7d'])).toBe('OK');
  });

  it('says what it does not count: the limits of the caller are for user checkpoints, not for kinds of the file', () => {
    const image: VmSpec = { name: 'A', checkpoints: [{ name: 'x', kind: 'image', ageMs: 9 * DAY_MS }] };
    const of = view([{ vms: [image] }]);
    const said = '[INFO] not counted by --metric age: 1 checkpoint of other kinds (image)';
    expect(renderCheck(check(of, ['critical', '7d']))).toContain(said);
    expect(renderCheck(check(of, ['critical', '7d']))).toMatch(
      /^CHECKPOINTS OK - A: 1 checkpoint \(1 not counted\), /,
    );
    expect(renderCheck(check(of, ['metric', 'count'], ['critical', '7']))).not.toContain('not counted');
    expect(renderCheck(check(of))).not.toContain('not counted');
  });

  it('lets exactly the limit pass', () => {
    const day = view([{ vms: [{ name: 'A', checkpoints: [{ name: 'x', ageMs: DAY_MS }] }] }]);
    expect([status(day, ['critical', '1d']), status(day, ['critical', '86399'])]).toEqual(['OK', 'CRITICAL']);
  });

  it('judges what is known of a size, and never takes the rest for nothing', () => {
    const partly: VmSpec = {
      name: 'A',
      checkpoints: [
        { name: 'x', layerBytes: 60 * GIB },
        { name: 'y', layerBytes: null },
      ],
    };
    const of = view([{ vms: [partly] }]);
    expect(status(of, ['metric', 'size'], ['critical', '50GiB'])).toBe('CRITICAL');
    expect(status(of, ['metric', 'size'], ['critical', '100GiB'])).toBe('UNKNOWN');
    expect(status(of, ['metric', 'age'], ['critical', '7d'])).toBe('OK');
    const linesOf = (...pairs: (readonly [string, string])[]) =>
      check(of, ['metric', 'size'], ...pairs).lines.map((line) => `${line.status} ${line.text}`);
    const gap = 'UNKNOWN A on hv01: 1 disk file not measured: the disk is in use on another host';
    const warning = 'WARNING A on hv01: AVHDX files at least 60.0 GiB (allowed 50 GiB)';
    expect(linesOf(['warning', '50GiB'])).toEqual([gap, warning]);
    expect(linesOf(['warning', '50GiB'], ['critical', '100GiB'])).toEqual([
      gap,
      'UNKNOWN A on hv01: AVHDX files at least 60.0 GiB',
      warning,
    ]);
    expect(linesOf(['critical', '50GiB'])).toEqual([warning.replace('WARNING', 'CRITICAL'), gap]);
    expect(status(of, ['metric', 'size'], ['warning', '50GiB'])).toBe('UNKNOWN');
  });

  it('lists a host that could not be read once, whatever its finding says', () => {
    const unreachable = finding(
      { host: 'hv02' },
      { rule: 'host-unreachable', reason: 'not read for more than 1h' },
    );
    const of = view([{ vms: [DC01] }, { host: 'hv02', vms: [], failed: REFUSED }], [unreachable]);
    expect(check(of).lines.map((line) => `${line.status} ${line.text}`)).toEqual([
      expect.stringMatching(/^UNKNOWN hv02: not read: access denied/),
    ]);
    const critical = check({ ...of, findings: [{ ...unreachable, severity: 'critical' }] });
    expect(critical.status).toBe('CRITICAL');
  });

  it('marks what is only worth knowing', () => {
    const errors = [{ code: 'BUSY_SKIPPED', detail: null, target: null } as const];
    const of = view(
      [{ vms: [{ ...DC01, errors }, { name: 'LAB' }] }],
      [finding({ vm: 'LAB' }, { severity: 'info' })],
    );
    const text = renderCheck(check(of, ['verbose', '1']));
    expect(text).toMatch(/^\[INFO\] DC01 on hv01: /m);
    expect(text).toMatch(/^\[INFO\] LAB on hv01: /m);
  });

  describe('performance data', () => {
    const values = (of: AgentView, ...pairs: (readonly [string, string])[]) =>
      Object.fromEntries(check(of, ...pairs).perfdata.map(({ label, value }) => [label, value]));

    it('counts what this check judged', () => {
      const of = view([{ vms: [SQL01, WEB07, DC01] }], FINDINGS);
      expect(values(of)).toMatchObject({ critical: 1, warning: 2 });
      expect(values(of, ['critical', '30d'])).toMatchObject({ critical: 0, warning: 0 });
      expect(values(of, ['warning', '1d'], ['critical', '3d12h'])).toMatchObject({ critical: 2, warning: 0 });
      expect(values(of, ['metric', 'count'], ['warning', '1'])).toMatchObject({ critical: 0, warning: 1 });
    });

    it('tells no number of troubles when nothing was read', () => {
      const unread = view([{ unread: true, failed: REFUSED }]);
      expect(values(unread)).toEqual({});
      expect(values(unread, ['warning', '3d'])).toEqual({});
      const gone = values(view([{ vms: [DC01] }]), ['vm', 'GONE']);
      expect(Object.keys(gone)).not.toContain('critical');
    });

    it('leaves recovery points of replica out, as the thresholds do', () => {
      const replica: VmSpec = {
        name: 'R',
        checkpoints: [
          { name: 'a', kind: 'replica' },
          { name: 'b', kind: 'replica' },
          { name: 'mine', kind: 'user' },
        ],
      };
      const of = view([{ vms: [replica] }]);
      const counted = check(
        of,
        ['metric', 'count'],
        ['warning', '1'],
        ['perfdata-per-vm', '1'],
        ['verbose', '2'],
      );
      expect(renderCheck(counted)).toMatch(/^CHECKPOINTS OK - R: 1 checkpoint, /);
      expect(renderCheck(counted)).toMatch(/^R on hv01: 1 checkpoint, /m);
      expect(counted.perfdata).toEqual(
        expect.arrayContaining(
          ['checkpoints', 'most_on_vm', 'R_checkpoints'].map((label) =>
            expect.objectContaining({ label, value: 1 }),
          ),
        ),
      );
    });
  });
});

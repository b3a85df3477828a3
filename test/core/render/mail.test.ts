import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Notification } from '../../../src/core/alert/alert.ts';
import { collectError } from '../../../src/core/collect-error.ts';
import type { Finding } from '../../../src/core/finding.ts';
import type { OutgoingMail } from '../../../src/core/outgoing-mail.ts';
import { composeMails } from '../../../src/core/render/mail/compose-mails.ts';
import type { RuleId } from '../../../src/core/rules/index.ts';
import { DAY_MS, GIB, HOUR_MS } from '../../../src/core/units.ts';
import { type CheckpointSpec, finding, type HostSpec, inventory, NOW } from '../../builders.ts';
import { hostileName } from '../../hostile.ts';
import { policyOf, viewAt } from '../../policy.ts';
import { alertOf, baseline, changes, judged, SETTINGS } from './mail-samples.ts';

const SQL01: NonNullable<HostSpec['vms']>[number] = {
  name: 'SQL01',
  checkpoints: [
    { name: 'before patch', ageMs: 12 * DAY_MS + 4 * HOUR_MS, layerBytes: 301 * GIB },
    { name: 'try index', ageMs: 3 * DAY_MS + HOUR_MS, layerBytes: 16 * GIB, hasMemory: true },
  ],
};
const HV01: HostSpec = {
  host: 'hv01',
  vms: [SQL01, { name: 'WEB07', checkpoints: [{ name: 'test', ageMs: 4 * DAY_MS }] }],
};
const HV03_DOWN: HostSpec = {
  host: 'hv03',
  vms: [{ name: 'APP11' }],
  readAt: NOW - 26 * HOUR_MS,
  failed: collectError('TIMEOUT', 'no answer within 300 s'),
};

function only(mails: readonly OutgoingMail[]): OutgoingMail {
  expect(mails).toHaveLength(1);
  const [mail] = mails;
  if (mail === undefined) throw new Error('no mail');
  return mail;
}

async function expectGolden(name: string, mail: OutgoingMail): Promise<void> {
  const text = `Subject: ${mail.subject}\n\n${mail.text}`;
  await expect(text).toMatchFileSnapshot(`mail/${name}.txt`);
  await expect(mail.html).toMatchFileSnapshot(`mail/${name}.html`);
}

describe('what people read', () => {
  it('the baseline lists everything that is open', async () => {
    const view = judged(HV01, HV03_DOWN);
    await expectGolden('baseline', only(composeMails(baseline(view), view, SETTINGS)));
  });

  it('a baseline of nothing says that it is nothing', async () => {
    const view = judged({ host: 'hv01', vms: [{ name: 'SQL01' }] });
    await expectGolden('baseline-nothing', only(composeMails(baseline(view), view, SETTINGS)));
  });

  it('a baseline does not call nothing what was not looked at', () => {
    const view = judged({ host: 'hv01', vms: [{ name: 'SQL01' }] }, { host: 'hv02', unread: true });
    const mail = only(composeMails(baseline(view), view, SETTINGS));
    expect(mail.subject).toMatch(/ watching 2 hosts: nothing found, but 1 thing not looked at$/);
    expect(mail.text).toContain('with 1 VM: nothing over its limit, but 1 thing not looked at.');
  });

  it('a new critical one tells all of it', async () => {
    const view = judged(HV01);
    const news = changes(view, 'new', ({ checkpoint }) => checkpoint?.name === 'before patch');
    await expectGolden('new-critical', only(composeMails(news, view, SETTINGS)));
  });

  it('leaves out the mildest when there is too much for a table', () => {
    const mild = ['b', 'c', 'd'].map((name) => ({ name, ageMs: 4 * DAY_MS }));
    const vms = Array.from({ length: 40 }, (_, index) => ({
      name: `VM${index}`,
      checkpoints: [{ name: 'a', ageMs: 9 * DAY_MS }, ...mild],
    }));
    const view = judged({ vms });
    for (const notifications of [changes(view, 'new'), baseline(view)]) {
      const { text } = only(composeMails(notifications, view, SETTINGS));
      expect(text.match(/^ {2}CRITICAL /gm)).toHaveLength(40);
      expect(text).toMatch(/^… and \d+ more\.$/m);
    }
  });

  it('tells also of what was owed and could not be seen this time', () => {
    const view = judged(HV01);
    const news = changes(view, 'new', ({ checkpoint }) => checkpoint?.name === 'before patch');
    const findings = view.findings.filter(({ rule }) => rule !== 'avhdx-size');
    const mail = only(composeMails(news, { ...view, findings }, SETTINGS));
    expect(mail.text).toContain('older than 7d (checkpoint-age)');
    expect(mail.text).toContain('more than 200 GiB (avhdx-size)');
  });

  it('one that got worse says what it was', async () => {
    const view = judged(HV01);
    const worse = changes(
      view,
      'worse',
      ({ checkpoint, rule }) => checkpoint?.name === 'before patch' && rule === 'checkpoint-age',
    );
    await expectGolden('worse', only(composeMails(worse, view, SETTINGS)));
  });

  it('a resolved one says how it ended', async () => {
    const before = judged(HV01);
    const after = judged({ host: 'hv02', vms: [{ ...SQL01, checkpoints: [] }] });
    const over = changes(before, 'resolved', ({ vm }) => vm?.name === 'SQL01');
    await expectGolden('resolved', only(composeMails(over, after, SETTINGS)));
  });

  it('many at once are one summary, its rows bounded', async () => {
    const view = judged({
      host: 'hv01',
      vms: Array.from({ length: 120 }, (_, n) => ({
        name: `VM${String(n).padStart(3, '0')}`,
        checkpoints: [{ name: 'upgrade', ageMs: (n % 2 === 0 ? 4 : 9) * DAY_MS }],
      })),
    });
    await expectGolden('summary', only(composeMails(changes(view, 'new'), view, SETTINGS)));
  });

  it('unknown sizes are said to be unknown', async () => {
    const vm = {
      name: 'APP11',
      checkpoints: [
        { name: 'old', ageMs: 9 * DAY_MS, layerBytes: null },
        { name: 'newer', ageMs: 4 * DAY_MS, layerBytes: 3 * GIB },
      ],
    };
    const view = judged({ host: 'hv01', vms: [vm] });
    const news = changes(view, 'new', ({ rule }) => rule === 'checkpoint-age');
    await expectGolden('sizes-unknown', only(composeMails(news, view, SETTINGS)));
  });

  it('a host that cannot be read says since when, and what to do', async () => {
    const view = judged(HV01, HV03_DOWN);
    const news = changes(view, 'new', ({ rule }) => rule === 'host-unreachable');
    await expectGolden('host-unreachable', only(composeMails(news, view, SETTINGS)));
  });

  it('hostile names stay names', async () => {
    const view = judged({
      host: 'hv01',
      vms: [
        {
          name: 'EVIL\r\nBcc: all@example.com\u202e<script>alert(1)</script>',
          checkpoints: [
            { name: `x'; Stop-Computer; '"><img src=x>\u0007${'long '.repeat(100)}`, ageMs: 9 * DAY_MS },
          ],
        },
      ],
    });
    await expectGolden('hostile-names', only(composeMails(changes(view, 'new'), view, SETTINGS)));
  });
});

describe('how it ended', () => {
  const before = judged(HV01);
  const over = changes(before, 'resolved', ({ vm }) => vm?.name === 'WEB07');
  const endOf = (...hosts: readonly HostSpec[]): string =>
    only(composeMails(over, judged(...hosts), SETTINGS))
      .text.split('\n\n')[0]
      ?.replaceAll('\n', ' ') ?? '';

  it.each<[string, readonly HostSpec[]]>([
    ['RESOLVED: checkpoint "test" of WEB07 is gone.', [{ host: 'hv02', vms: [{ name: 'WEB07' }] }]],
    [
      'RESOLVED: checkpoint "test" of WEB07 is still there, but no longer over the limit (older than 3d).',
      [{ host: 'hv01', vms: [{ name: 'WEB07', checkpoints: [{ name: 'test', ageMs: HOUR_MS }] }] }],
    ],
    ['RESOLVED: WEB07 is on none of the hosts any more.', [{ host: 'hv01' }]],
    [
      'RESOLVED: WEB07 is on none of the hosts that are watched; hv01, where it was, is no longer among them.',
      [{ host: 'hv02' }],
    ],
  ])('%s', (text, hosts) => {
    expect(endOf(...hosts)).toBe(text);
  });
});

describe('what the configuration or a name has changed is not told to be better', () => {
  const there: HostSpec = {
    readAt: NOW,
    vms: [
      {
        name: 'WEB07',
        checkpoints: [
          { name: 'old', ageMs: 9 * DAY_MS },
          { name: 'ttl=20d', ageMs: 9 * DAY_MS },
        ],
      },
    ],
  };
  const endOf = (found: Finding, yaml = ''): string => {
    const view = viewAt(inventory(there), NOW, policyOf(yaml));
    const over: Notification = { reason: 'resolved', alert: alertOf(found, { endedAt: NOW }) };
    const [text = ''] = only(composeMails([over], view, SETTINGS)).text.split('\n\n');
    return text.replaceAll('\n', ' ');
  };

  it.each<[Finding, string, string]>([
    [
      finding({ vm: 'WEB07', checkpoint: 'old' }),
      'overrides: [{ vm: WEB07, rules: { checkpoint-age: null } }]',
      'checkpoint "old" of WEB07 is still there, but checkpoint-age is turned off for it now (was: older than 3d).',
    ],
    [
      finding({ vm: 'WEB07', checkpoint: 'ttl=20d', index: 1 }),
      '{}',
      'checkpoint "ttl=20d" of WEB07 is still there, and is judged by its declared end "ttl=20d" now (was: older than 3d).',
    ],
    [
      finding({ vm: 'WEB07' }, { rule: 'vm-critical-state', reason: 'state OffCritical' }),
      'rules: { vm-critical-state: null }',
      'vm-critical-state is turned off for WEB07 now (was: state OffCritical).',
    ],
    [
      finding({ host: 'hv01' }, { rule: 'clock-skew', reason: 'clock off' }),
      'rules: { clock-skew: null }',
      'clock-skew is turned off for hv01 now (was: clock off).',
    ],
  ])('%#', (found, yaml, text) => {
    expect(endOf(found, yaml)).toBe(`RESOLVED: ${text}`);
  });
});

describe('how what concerns a whole VM or host ended', () => {
  const view = judged({ host: 'hv01', vms: [{ name: 'EXCH01' }] });
  const endOf = (found: Finding): string => {
    const over: Notification = { reason: 'resolved', alert: alertOf(found, { endedAt: NOW }) };
    return only(composeMails([over], view, SETTINGS)).text.split('\n\n')[0] ?? '';
  };

  it.each<[RuleId, string, string]>([
    [
      'vm-critical-state',
      'state PausedCritical',
      'EXCH01 is no longer in a critical state (was: state PausedCritical).',
    ],
    ['checkpoint-count', 'more than 3 checkpoints', 'EXCH01 no longer has too many checkpoints (was: '],
    ['vm-avhdx-total', 'AVHDX together more than 50 GiB', 'the AVHDX files of EXCH01 are no longer over the'],
    ['chain-depth', 'chain deeper than 3', 'the disk chain of EXCH01 is no longer too deep (was: chain'],
    ['scan-incomplete', 'not fully read: x', 'EXCH01 is fully read again (was: not fully read: x).'],
  ])('%s', (rule, reason, text) => {
    expect(endOf(finding({ vm: 'EXCH01' }, { rule, reason }))).toContain(`RESOLVED: ${text}`);
  });

  it.each<[RuleId, string, string]>([
    ['host-unreachable', 'not read for more than 1h', 'hv01 is read again (was: not read for more than 1h).'],
    ['clock-skew', 'clock off by more than 5m', 'the clock of hv01 is right again (was: clock off by'],
    ['scan-incomplete', 'not fully read: x', 'hv01 is fully read again (was: not fully read: x).'],
  ])('%s of a host', (rule, reason, text) => {
    expect(endOf(finding({ host: 'hv01' }, { rule, reason }))).toContain(`RESOLVED: ${text}`);
  });
});

describe('at the moment a limit is crossed', () => {
  const ageMs = 3 * DAY_MS + 1000;
  const view = judged({ vms: [{ name: 'A', checkpoints: [{ name: 'x', ageMs, layerBytes: 5 * GIB }] }] });

  it('no value looks like the limit, neither told in full nor in a table', () => {
    expect(only(composeMails(changes(view, 'new'), view, SETTINGS)).text).toContain('(just over 3d ago)');
    expect(only(composeMails(baseline(view), view, SETTINGS)).text).toMatch(
      / just over 3d +5\.0 GiB +older than 3d/,
    );
  });
});

describe('the subject of a VM', () => {
  const total = finding({ vm: 'FILE02' }, { rule: 'vm-avhdx-total' });
  const subjectOf = (found: Finding, checkpoints: readonly CheckpointSpec[]): string => {
    const view = judged({ vms: [{ name: 'FILE02', checkpoints }] });
    return only(composeMails([{ reason: 'new', alert: alertOf(found) }], view, SETTINGS)).subject;
  };

  it('speaks of a checkpoint only when it has one', () => {
    expect(subjectOf(total, [])).toMatch(/ FILE02: AVHDX too large$/);
    expect(subjectOf({ ...total, rule: 'chain-depth' }, [])).toMatch(/ FILE02: disk chain too deep$/);
    expect(subjectOf(total, [{ name: 'x' }])).toMatch(/ FILE02: stale checkpoint$/);
  });
});

it('does not call nothing open what was not looked at, nor counts VMs that nobody has seen', () => {
  const view = judged(HV01, { host: 'hv02', unread: true });
  const text = only(
    composeMails(
      changes(view, 'new', ({ vm }) => vm?.name === 'WEB07'),
      { ...view, findings: [] },
      SETTINGS,
    ),
  ).text;
  expect(text).toContain('\nNothing else is open in what was looked at.\n');
  const unread = judged({ host: 'hv01', unread: true });
  expect(only(composeMails(baseline(unread), unread, SETTINGS)).text).toContain(
    'with VMs that are not known: nothing over',
  );
});

describe('one mail for each VM', () => {
  const view = judged(HV01, HV03_DOWN);

  it('until there are more than five', () => {
    const few = composeMails(changes(view, 'new'), view, SETTINGS);
    expect(few.map(({ subject }) => subject)).toEqual(
      [
        '[Hyper-V checkpoints] SQL01: stale checkpoint',
        '[Hyper-V checkpoints] WEB07: stale checkpoint',
        '[Hyper-V checkpoints] hv03: host not read',
      ].toSorted(
        (a, b) =>
          few.findIndex(({ subject }) => subject === a) - few.findIndex(({ subject }) => subject === b),
      ),
    );
  });

  it('in a thread of its own, whatever host it is on and whatever is told', () => {
    const mailOf = (host: string, reason: 'new' | 'resolved'): OutgoingMail => {
      const there = judged({ host, vms: [SQL01] });
      return only(composeMails(changes(there, reason), there, SETTINGS));
    };
    const began = mailOf('hv01', 'new');
    const ended = mailOf('hv02', 'resolved');
    expect(ended.threadId).toBe(began.threadId);
    expect(ended.subject).toBe(began.subject);
    expect(ended.messageId).not.toBe(began.messageId);
    expect(began.subject).not.toContain('hv01');
  });

  it('with a Message-ID that is the same for the same event and another for every other', () => {
    const ids = (reason: 'new' | 'worse' | 'resolved'): readonly string[] =>
      composeMails(changes(view, reason), view, SETTINGS).map(({ messageId }) => messageId);
    expect(ids('new')).toEqual(ids('new'));
    expect(new Set([...ids('new'), ...ids('worse'), ...ids('resolved')]).size).toBe(9);
    for (const id of ids('new')) expect(id).toMatch(/^<[0-9a-f]{32}@hvmon>$/);
  });
});

it('gives a second crisis of the same alert another Message-ID: servers drop what they think they have', () => {
  const view = judged(HV01);
  const [first] = changes(view, 'worse', ({ vm }) => vm?.name === 'SQL01');
  if (first === undefined || first.reason === 'baseline') throw new Error('no change');
  const second = { ...first, alert: { ...first.alert, told: { severity: 'warning' as const, at: NOW } } };
  const idOf = (each: typeof first): string => only(composeMails([each], view, SETTINGS)).messageId;
  expect(idOf(second)).not.toBe(idOf(first));
});

describe('commands to paste', () => {
  const commandOf = (vm: string, checkpoint: string, ...others: readonly string[]): string => {
    const vms = [{ name: vm, checkpoints: [{ name: checkpoint, ageMs: 9 * DAY_MS }] }];
    const view = judged({
      host: 'hv01',
      vms: [...vms, ...others.map((name) => ({ name, id: `id of ${name}` }))],
    });
    const text = only(composeMails(changes(view, 'new'), view, SETTINGS)).text;
    return /^.*(Remove-VMCheckpoint -VMName|Get-VM -Id).*$/m.exec(text)?.[0].trim() ?? 'none';
  };

  it('use names that are plain and mean one thing only, else ids', () => {
    expect(commandOf('SQL01', 'before patch')).toBe(
      "Remove-VMCheckpoint -VMName 'SQL01' -Name 'before patch'",
    );
    for (const name of ["it's", 'a‘b', '$(x)', 'a*', 'über', 'a\nb', '-Force', ' ']) {
      expect(commandOf('SQL01', name)).toMatch(
        /^Get-VM -Id [0-9a-f-]{36} \| Get-VMCheckpoint \| Where-Object Id -eq '[0-9a-f-]{36}' \| Remove-VMCheckpoint$/,
      );
    }
    expect(commandOf('SQL01', 'before patch', 'sql01')).toMatch(/^Get-VM -Id /);
  });

  it.each(['backup', 'replica', 'planned'] as const)('are not offered for %s checkpoints', (kind) => {
    const checkpoints = [{ name: 'old', ageMs: 90 * DAY_MS, layerBytes: 300 * GIB, kind }];
    const view = judged({ host: 'hv01', vms: [{ name: 'SQL01', checkpoints }] });
    const mails = composeMails(changes(view, 'new'), view, SETTINGS);
    expect(mails.map(({ text }) => text).join()).not.toMatch(/Remove-VMCheckpoint -|Get-VM -Id/);
  });
});

describe('whatever the names', () => {
  const vms = fc.array(
    fc.record({
      name: hostileName,
      checkpoints: fc.array(
        fc.record({ name: hostileName, ageMs: fc.constantFrom(4 * DAY_MS, 9 * DAY_MS) }),
        {
          maxLength: 3,
        },
      ),
    }),
    { maxLength: 12 },
  );

  it('a mail is one line of subject, without controls in any part, and both parts say the same', () => {
    fc.assert(
      fc.property(vms, fc.boolean(), (named, isBaseline) => {
        const view = judged({ host: 'hv01', vms: named.map((vm, n) => ({ ...vm, id: `id-${n}` })) });
        const notifications = isBaseline ? baseline(view) : changes(view, 'new');
        for (const mail of composeMails(notifications, view, SETTINGS)) {
          expect(mail.subject).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
          expect(mail.text + mail.html).not.toMatch(
            /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
          );
          expect((mail.text + mail.html).isWellFormed()).toBe(true);
          expect(words(visible(mail.html))).toEqual(words(mail.text));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a body stays below 200 KB', () => {
    const long = '☃'.repeat(1000);
    const view = judged({
      host: 'hv01',
      vms: Array.from({ length: 300 }, (_, n) => ({
        name: `${n} ${long}`,
        id: `id-${n}`,
        checkpoints: Array.from({ length: 3 }, (_, m) => ({ name: `${m} ${long}`, ageMs: 9 * DAY_MS })),
      })),
    });
    const one = judged({
      host: 'hv01',
      vms: [
        {
          name: long,
          checkpoints: Array.from({ length: 50 }, (_, m) => ({
            name: `${m} ${long}`,
            ageMs: 9 * DAY_MS,
            layerBytes: 300 * GIB,
          })),
        },
      ],
    });
    const mails = [
      ...composeMails(baseline(view), view, SETTINGS),
      ...composeMails(changes(view, 'worse'), view, SETTINGS),
      ...composeMails(changes(one, 'new'), one, SETTINGS),
    ];
    expect(mails).toHaveLength(3);
    for (const { text, html } of mails) {
      expect(Buffer.byteLength(text)).toBeLessThan(200_000);
      expect(Buffer.byteLength(html)).toBeLessThan(200_000);
    }
  });
});

/** What a reader sees of HTML, roughly. */
function visible(html: string): string {
  return html
    .slice(html.indexOf('<body'))
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** All that is not blank; a colon after a mark stands alone in neither. */
function words(text: string): string {
  return text.replace(/\s+/g, '');
}

import { describe, expect, it } from 'vitest';
import {
  type DeclarationPlace,
  type DeclaredEnd,
  endAt,
  readDeclarations,
} from '../../../../src/core/policy/lifetime/declaration.ts';
import { formatDurationExact, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../src/core/units.ts';

type Row = readonly [text: string, expected: string];

const DAY = 'until 2026-12-01';

const KEYWORDS: readonly Row[] = [
  ['keep-until=2026-12-01', DAY],
  ['keep until 2026-12-01', DAY],
  ['KEEP_UNTIL: 2026-12-01', DAY],
  ['keepuntil=20261201', DAY],
  ['before-patch-keep-until-2026-12-01', DAY],
  ['vor_update_keep_until_2026_12_01', DAY],
  ['keep till 1.12.2026', DAY],
  ['Keep this checkpoint until 2026-12-01', DAY],
  ['keep until at least 2026-12-01', DAY],
  ['keep until\u00a02026-12-01', DAY],
  ['keep-until="2026-12-01" please', DAY],
  ['(keep until 2026-12-01)', DAY],
  ['until=2026-12-01', DAY],
  ['until: 2026-12-01', DAY],
  ['expires 2026-12-01', DAY],
  ['expires=2026-12-01', DAY],
  ['Expires on 1 Dec 2026', DAY],
  ['expiry date: 2026-12-01', DAY],
  ['valid until 2026-12-01', DAY],
  ['delete after 2026-12-01', DAY],
  ['Delete on 2026-12-01 pls', DAY],
  ['remove after 2026-12-01', DAY],
  ['can be deleted after 2026-12-01', DAY],
  ['do not delete before 2026-12-01', DAY],
  ['don\u2019t remove until 2026-12-01', DAY],
  ['behalten bis 1.12.2026', DAY],
  ['Bitte aufbewahren bis 01.12.2026!', DAY],
  ['aufheben bis zum 1. Dezember 2026', DAY],
  ['gültig bis 1.12.2026', DAY],
  ['gueltig bis: 1.12.2026', DAY],
  ['löschen am 1.12.2026', DAY],
  ['Löschen ab 1.12.2026', DAY],
  ['LÖSCHEN NACH 1.12.2026', DAY],
  ['lo\u0308schen am 1.12.2026', DAY],
  ['nicht löschen vor 1.12.2026', DAY],
  ['bis=1.12.2026', DAY],
  ['bis 1.12.2026 behalten', DAY],
  ['kann ab dem 1.12.2026 gelöscht werden', DAY],
  ['Bitte bis 1.12.2026 nicht löschen!', DAY],
  ['darf bis zum 1.12.2026 nicht gelöscht werden', DAY],
  ['für 2 Wochen nicht löschen', 'ttl 14d'],
  ['wird am 1.12.2026 gelöscht', DAY],
  ['Wird ab dem 1.12.2026 gelöscht!', DAY],
  ['Löschdatum: 1.12.2026', DAY],
  ['Loeschdatum 2026-12-01', DAY],
  ['Ablaufdatum=1.12.2026', DAY],
  ['bis einschließlich 1.12.2026 behalten', DAY],
  ['bis inkl. 1.12.2026 aufbewahren', DAY],
  ['behalten bis einschließlich 1.12.2026', DAY],
  ['vor Update, 2 Wochen behalten', 'ttl 14d'],
  ['noch 3 Tage aufbewahren', 'ttl 3d'],
  ['1 Monat aufheben', 'ttl 30d'],
  ['ttl=48h', 'ttl 2d'],
  ['ttl 2d', 'ttl 2d'],
  ['TTL: 2 days', 'ttl 2d'],
  ['ttl_2d_before_update', 'ttl 2d'],
  ['ttl 2 Tage', 'ttl 2d'],
  ['keep for 2 weeks', 'ttl 14d'],
  ['keep 14 days', 'ttl 14d'],
  ['keep it for a week', 'ttl 7d'],
  ['keep for 2 weeks of tests', 'ttl 14d'],
  ['delete after 2 weeks', 'ttl 14d'],
  ['expires in 3 days', 'ttl 3d'],
  ['für 2 Tage behalten', 'ttl 2d'],
  ['nach 2 Wochen löschen', 'ttl 14d'],
];

const DATES: readonly Row[] = [
  ['2026/12/01', DAY],
  ['2026.12.1', DAY],
  ['1.12.26', DAY],
  ['1. 12. 2026', DAY],
  ['1 December 2026', DAY],
  ['1st of December, 2026', DAY],
  ['Dec 1, 2026', DAY],
  ['Dec. 1st 2026', DAY],
  ['1-Dec-2026', DAY],
  ['2026 Dec 1', DAY],
  ['1. Dez. 2026', DAY],
  ['Tue, 1 Dec 2026', DAY],
  ['Dienstag, 1. Dezember 2026', DAY],
  ['3. März 2027', 'until 2027-03-03'],
  ['3 Maerz 2027', 'until 2027-03-03'],
  ['3. Mär 2027', 'until 2027-03-03'],
  ['31. Mai 2027', 'until 2027-05-31'],
  ['1 Okt 2026', 'until 2026-10-01'],
  ['13/02/2026', 'until 2026-02-13'],
  ['02/13/2026', 'until 2026-02-13'],
  ['13-02-2026', 'until 2026-02-13'],
  ['5/5/2026', 'until 2026-05-05'],
  ['2028-02-29', 'until 2028-02-29'],
  ['9999-12-31', 'until 9999-12-31'],
  ['2026-12-01 18:00', `${DAY} 18:00`],
  ['2026-12-01T18:00', `${DAY} 18:00`],
  ['2026-12-01T18:00:30Z', `${DAY} 18:00:30 utc+0`],
  ['2026-12-01T18:00:00.000+01:00', `${DAY} 18:00 utc+60`],
  ['2026-12-01 18:00 -0530', `${DAY} 18:00 utc-330`],
  ['2026-12-01 18:00 UTC+1', `${DAY} 18:00 utc+60`],
  ['2026-12-01 18:00 CET', `${DAY} 18:00 utc+60`],
  ['2026-12-01 18:00+0100', `${DAY} 18:00 utc+60`],
  ['2026-12-01 18:00+01', `${DAY} 18:00 utc+60`],
  ['2026-12-01 UTC', `${DAY} utc+0`],
  ['2026-12-01 24:00', `${DAY} 24:00`],
  ['2026-12-01 at 6pm', `${DAY} 18:00`],
  ['12/31/2026 - 12:15:00 AM', 'until 2026-12-31 00:15'],
  ['1.12.2026 um 18 Uhr', `${DAY} 18:00`],
  ['1.12.2026, 18.30 Uhr', `${DAY} 18:30`],
  ['2026-12-01 and then some', DAY],
  ['\u200e2026\u200e-\u200e12\u200e-\u200e01', DAY],
  ['2026\u201312\u201301', DAY],
];

const UNREADABLE_DATES: readonly Row[] = [
  ['01/02/2026', '? day and month may be swapped; write 2026-02-01 or 2026-01-02'],
  ['1-2-2026', '? day and month may be swapped; write 2026-02-01 or 2026-01-02'],
  ['12/31/26', '? write the year with four digits'],
  ['1 Dec 26', '? write the year with four digits'],
  ['2026-02-30', '? there is no such day'],
  ['2026-13-01', '? there is no such day'],
  ['2026-00-10', '? there is no such day'],
  ['29.02.2027', '? there is no such day'],
  ['13/14/2026', '? there is no such day'],
  ['31 Nov 2026', '? there is no such day'],
  ['1999-12-31', '? years from 2000 on are read'],
  ['01.12.', '? the year is missing'],
  ['01.12. 18:00', '? the year is missing'],
  ['12/01', '? the year is missing'],
  ['Dec 1', '? the year is missing'],
  ['1 Dec 18:00', '? the year is missing'],
  ['Dec 2026', '? the day is missing'],
  ['2026-12', '? the day is missing'],
  ['2026-12-01 25:00', '? there is no such time'],
  ['2026-12-01 13:00 PM', '? there is no such time'],
  ['2026-12-01T1800', '? what follows the date cannot be read'],
  ['2026-12-01 18:00x', '? the time cannot be read'],
  ['2026-12-01 18:00-20:00', '? there is no such time zone'],
  ['2026-12-01 18:00-6:00', '? write the time zone as +01:00'],
  ['2026-12-01 18:00 EST', '? write the time zone as +01:00'],
];

const SPANS: readonly Row[] = [
  ['1d12h', 'ttl 1d12h'],
  ['1d 12h', 'ttl 1d12h'],
  ['1H30M', 'ttl 1h30m'],
  ['36 hrs', 'ttl 1d12h'],
  ['36 Std. ', 'ttl 1d12h'],
  ['90 min', 'ttl 1h30m'],
  ['1 wk', 'ttl 7d'],
  ['1 Woche und 2 Tage', 'ttl 9d'],
  ['1 week, 2 days and 3 hours', 'ttl 9d3h'],
  ['2 days 3 weeks of logs', 'ttl 2d'],
  ['1.5 days', 'ttl 1d12h'],
  ['2 months', 'ttl 60d'],
  ['3 Monate', 'ttl 90d'],
  ['einen Monat', 'ttl 30d'],
  ['1 Jahr', 'ttl 365d'],
  ['3m', '? m may be minutes or months; write 3min or 3 months'],
  ['12h1d', '? units go from large to small, as in 1d12h'],
  ['300', '? the unit is missing, as in 2d'],
  ['0d', '? it lasts no time at all'],
  ['999999 years', '? longer than 1000 years'],
  ['-2d', '? no duration'],
  ['soon', '? no duration'],
  ['', '? no duration'],
  ['2026-12-01', '? no duration; a date is written as keep-until=2026-12-01'],
];

const UNREADABLE: readonly Row[] = [
  ['keep until patch is verified', '? no date'],
  ['keep until', '? no date'],
  ['keep-until=48h', '? no date; a lifetime is written as ttl=2d'],
  ['behalten bis auf weiteres', '? no date'],
  ['expires=soon', '? no date'],
  ['expires 01/02/2026', '? day and month may be swapped; write 2026-02-01 or 2026-01-02'],
  ['löschen am 30.2.2026', '? there is no such day'],
  ['keep for 3m', '? m may be minutes or months; write 3min or 3 months'],
  ['ttl 2026-12-01', '? no duration; a date is written as keep-until=2026-12-01'],
];

/** Ordinary language beside the forms above. */
const QUIET: readonly string[] = [
  '',
  'before update 1',
  'SQL01 - (2/24/2026 - 6:00:03 PM)',
  'Automatic Checkpoint - APP11 - (11/20/2026 - 3:00:00 AM)',
  'Vor Update 2026-12-01',
  'upkeep until 2026-12-01',
  'kept until 2026-12-01',
  'until 2026-12-01',
  'ttlx 2d',
  'throttl=2d',
  'bis später',
  'bis 1.12.2026',
  'bis: später',
  'before expires patch',
  'delete from 2 months old',
  'Logs löschen ab 30 Tagen',
  'Logs am 1.12.2026 gelöscht',
  'nicht 2 Wochen behalten',
  '2 Wochen vor dem Update',
  '12 Tage',
  'Datum: 1.12.2026',
  'cert expired 2026-01-02',
  'expires soon',
  'expires: never',
  'valid until revoked',
  'delete after reboot',
  'delete after 3 reboots',
  'delete after 4.8.1 is out',
  'delete on sight',
  'do not delete after 2026-12-01',
  'deleted on 2026-12-01',
  'gültig bis auf Widerruf',
  'löschen nach Test',
  'nicht löschen am 1.12.2026',
  'wurde am 1.12.2026 gelöscht',
  'DNS TTL 300 changed',
  'before TTL change',
  'keep',
  'keep 2 hourly snapshots',
  'keep 20261201 backup',
  'before setting keep 30 days of logs',
  'ab 1.12.2026 nicht löschen',
  'am 1.12.2026 nicht löschen',
  'nach 2 Wochen nicht löschen',
  'keepalive 5 min',
  'the owner is Jane',
  'owner=',
  '[ckpt]',
  '[ckpt:]',
  '[x] checkpoint: 2d',
];

const BRACKETS: readonly Row[] = [
  ['[ckpt:keep-until=2026-12-31]', 'until 2026-12-31'],
  ['prod[ckpt:ttl=2d]', 'ttl 2d'],
  ['[CKPT: ttl = 2 days ]', 'ttl 2d'],
  ['[ckpt:owner=j.doe]', 'owner j.doe'],
  ['[ckpt:never]', '#never'],
  ['[ckpt:tag=Prod]', '#prod'],
  ['[ckpt:tag=a,tag=b;tag=a never]', '#a | #b | #never'],
  [
    '[ckpt:keep-until=2026-12-31 18:00, owner="Jane Doe"; ttl=2d tag=x]',
    'until 2026-12-31 18:00 | ttl 2d | owner Jane Doe | #x',
  ],
  ['[ckpt:\nttl=2d\nnever\n]', 'ttl 2d | #never'],
  ['[ckpt:ttl=2d] and [ckpt:never]', 'ttl 2d | #never'],
  ['[ckpt:keep until 2026-12-31]', 'until 2026-12-31'],
  ['[ckpt:keep-until=next friday, never]', '? no date | #never'],
  ['[ckpt:ttl]', '? no duration'],
  ['[ckpt:expires soon tag=a]', '? no date | #a'],
  ['[ckpt:colour=red]', '? unknown key'],
  ['[ckpt:forever]', '? unknown word'],
  ['[ckpt:tag=]', '? a tag is made of up to 32 of a-z, 0-9, _ . and -'],
  ['[ckpt:tag=-x]', '? a tag is made of up to 32 of a-z, 0-9, _ . and -'],
  ['[ckpt:never', '? the bracket is not closed'],
  ['[ckpt:never\nttl=2d', 'ttl 2d | ? the bracket is not closed'],
  ['[ckpt:[ckpt:never]', '? the bracket is not closed | #never'],
];

const OWNERS: readonly Row[] = [
  ['owner=j.doe', 'owner j.doe'],
  ['owner: "Jane Doe"', 'owner Jane Doe'],
  ['Owner: \u201eJane Doe\u201c', 'owner Jane Doe'],
  ['Owner: Jane Doe, before update', 'owner Jane Doe'],
  ['Owner: Jane Keep until 2026-12-01', 'until 2026-12-01 | owner Jane'],
  ['owner=CORP\\jdoe ttl=2d', 'ttl 2d | owner CORP\\jdoe'],
  ['owner=jane@corp.example.', 'owner jane@corp.example'],
  ['(owner=j.doe)', 'owner j.doe'],
  ['owner=a owner=b', 'owner a'],
  ['owner= ttl=2d', 'ttl 2d'],
];

const VM_NOTES: readonly Row[] = [
  ['keep-until=2026-12-01', DAY],
  ['keep_until = 2026-12-01', DAY],
  ['ttl=2d', 'ttl 2d'],
  ['owner=j.doe', 'owner j.doe'],
  ['[ckpt:expires 2026-12-01, tag=prod]', `${DAY} | #prod`],
  ['keep-until=soon', '? no date'],
  ['keep until 2026-12-01', ''],
  ['Keep until: patched', ''],
  ['until=2026-12-01', ''],
  ['expires=2026-12-01', ''],
  ['Licence valid until 2026-12-01', ''],
  ['TTL: 2d', ''],
  ['keep for 2 weeks', ''],
  ['bis 1.12.2026 behalten', ''],
  ['Owner: Jane', ''],
];

/** What a text declares as one line: ends in order, then what cannot be read and why, owner and tags. */
function told(text: string, place: DeclarationPlace = 'checkpoint-notes'): string {
  const { ends, unreadable, owner, tags } = readDeclarations(text, place);
  return [
    ...ends.map(endText),
    ...unreadable.map((each) => `? ${each.why}`),
    ...(owner === null ? [] : [`owner ${owner}`]),
    ...tags.map((tag) => `#${tag}`),
  ].join(' | ');
}

function endText(end: DeclaredEnd): string {
  if (end.type === 'ttl') return `ttl ${formatDurationExact(end.ms)}`;
  const { dayAt, timeMs, offsetMin } = end.at;
  const day = new Date(dayAt).toISOString().slice(0, 10);
  const time = timeMs === null ? '' : ` ${clock(timeMs)}`;
  return `until ${day}${time}${offsetMin === null ? '' : ` utc${offsetMin < 0 ? '' : '+'}${offsetMin}`}`;
}

function clock(timeMs: number): string {
  const parts = [timeMs / HOUR_MS, (timeMs % HOUR_MS) / MINUTE_MS, (timeMs % MINUTE_MS) / SECOND_MS];
  const [hours, minutes, seconds] = parts.map((part) => String(Math.floor(part)).padStart(2, '0'));
  return `${hours}:${minutes}${seconds === '00' ? '' : `:${seconds}`}`;
}

describe(readDeclarations, () => {
  it.each(KEYWORDS)('reads an end in %j', (text, expected) => {
    expect([told(text), told(`x ${text}`, 'checkpoint-name')]).toEqual([expected, expected]);
  });

  it.each(DATES)('reads %j as a date', (date, expected) => {
    expect(told(`keep until ${date}`)).toBe(expected);
  });

  it.each(UNREADABLE_DATES)('tells why %j is no date', (date, expected) => {
    expect([told(`keep until ${date}`), told(`delete after ${date}`)]).toEqual([expected, expected]);
  });

  it.each(SPANS)('reads %j as a lifetime, or tells why it is none', (span, expected) => {
    expect(told(`ttl=${span}`)).toBe(expected);
  });

  it.each(UNREADABLE)('tells that %j is meant as an end', (text, expected) => {
    expect(told(text)).toBe(expected);
  });

  it.each(QUIET)('takes %j for ordinary language', (text) => {
    expect([told(text, 'checkpoint-name'), told(text)]).toEqual(['', '']);
  });

  it.each(BRACKETS)('reads the bracket in %j', (text, expected) => {
    expect([told(text), told(text, 'checkpoint-name')]).toEqual([expected, expected]);
  });

  it.each(OWNERS)('reads the owner in %j', (text, expected) => {
    expect(told(text)).toBe(expected);
  });

  it.each(VM_NOTES)('reads in the notes of a VM only what is assigned: %j', (text, expected) => {
    expect(told(text, 'vm-notes')).toBe(expected);
  });

  it('quotes what was written', () => {
    const text =
      'Patchday\nbitte bis 1.12.2026 behalten, keep-until="2026-12-02". Keep until\u202e all is\x1b well\nttl=5d';
    const { ends, unreadable } = readDeclarations(text, 'checkpoint-notes');
    expect(ends.map((end) => end.text)).toEqual([
      'bis 1.12.2026 behalten',
      'keep-until="2026-12-02"',
      'ttl=5d',
    ]);
    expect(unreadable).toEqual([{ text: 'Keep until all is well', why: 'no date' }]);
  });

  it('quotes of a bracket only what cannot be read', () => {
    const { unreadable } = readDeclarations('[ckpt:ttl=2d ttl=some days, colour=red]', 'vm-notes');
    expect(unreadable.map(({ text }) => text)).toEqual(['ttl=some days', 'colour=red']);
  });
});

describe(endAt, () => {
  const endsOf = (text: string) => readDeclarations(text, 'checkpoint-notes').ends;
  const at = (text: string, createdAt: number | null, utcOffsetMin: number | null) =>
    endsOf(text).map((end) => endAt(end, createdAt, utcOffsetMin));
  const utc = (iso: string) => [Date.parse(iso)];

  it('ends a day at its midnight on the host, or at UTC where the host did not tell', () => {
    expect(at('keep until 2026-12-01', null, 60)).toEqual(utc('2026-12-01T23:00:00Z'));
    expect(at('keep until 2026-12-01', null, -330)).toEqual(utc('2026-12-02T05:30:00Z'));
    expect(at('keep until 2026-12-01', null, null)).toEqual(utc('2026-12-02T00:00:00Z'));
  });

  it('takes a time as on the host, unless it names its zone', () => {
    expect(at('keep until 2026-12-01 18:00', null, 60)).toEqual(utc('2026-12-01T17:00:00Z'));
    expect(at('keep until 2026-12-01 18:00Z', null, 60)).toEqual(utc('2026-12-01T18:00:00Z'));
    expect(at('keep until 2026-12-01T18:00-05:00', null, 60)).toEqual(utc('2026-12-01T23:00:00Z'));
    expect(at('keep until 2026-12-01 00:00', null, null)).toEqual(utc('2026-12-01T00:00:00Z'));
  });

  it('counts a lifetime from the creation, if that is known', () => {
    expect(at('ttl=48h', 1000, 60)).toEqual([1000 + 48 * HOUR_MS]);
    expect(at('ttl=48h', null, 60)).toEqual([null]);
  });
});

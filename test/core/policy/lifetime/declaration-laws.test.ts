import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DeclarationPlace,
  endAt,
  readDeclarations,
} from '../../../../src/core/policy/lifetime/declaration.ts';
import { DAY_MS, formatDurationExact, MINUTE_MS, parseDuration } from '../../../../src/core/units.ts';

const PLACES: readonly DeclarationPlace[] = ['checkpoint-name', 'checkpoint-notes', 'vm-notes'];
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const day = fc.date({
  min: new Date('2000-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59Z'),
  noInvalidDate: true,
});
const isoDay = day.map((date) => date.toISOString().slice(0, 10));
const offset = fc.integer({ min: -12 * 60, max: 14 * 60 });
const place = fc.constantFrom(...PLACES);

/** Pieces of declarations in any order, between other things. */
const piece = fc.oneof(
  fc.constantFrom(
    'keep',
    'until',
    'keep-until=',
    'ttl',
    '=',
    ':',
    '[ckpt:',
    ']',
    'owner=',
    '"',
    'never',
    'tag=',
  ),
  fc.constantFrom(
    '2026-12-01',
    '01/02/2026',
    '1.12.',
    '2d',
    '3m',
    'Dec',
    '18:00',
    '+01:00',
    ' ',
    '\n',
    ',',
    ';',
  ),
  fc.constantFrom(
    'bis',
    'löschen',
    'am',
    'delete after',
    'expires',
    'not',
    '\u202e',
    '\ud800',
    '\0',
    '\u{1f600}',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const hostile = fc.array(piece, { maxLength: 120 }).map((pieces) => pieces.join(''));

/** What a text declares, in short: `until 2026-12-01`, `ttl 2d`, `? no date`. */
function told(text: string, from: DeclarationPlace = 'checkpoint-notes'): string {
  const { ends, unreadable, owner, tags } = readDeclarations(text, from);
  const said = ends.map((end) =>
    end.type === 'ttl'
      ? `ttl ${formatDurationExact(end.ms)}`
      : `until ${new Date(end.at.dayAt + (end.at.timeMs ?? 0)).toISOString().replace(/T00.*|:00\.000Z/, '')}`,
  );
  return [
    ...said,
    ...unreadable.map(({ why }) => `? ${why}`),
    ...(owner === null ? [] : [owner]),
    ...tags,
  ].join(' | ');
}

function expectBounded(text: string, from: DeclarationPlace): void {
  const { ends, unreadable, owner, tags } = readDeclarations(text, from);
  expect(ends.length).toBeLessThanOrEqual(16);
  expect(unreadable.length).toBeLessThanOrEqual(8);
  expect(tags.length).toBeLessThanOrEqual(16);
  expect(new Set(tags).size).toBe(tags.length);
  expect(tags.filter((tag) => !/^[a-z0-9][a-z0-9_.-]{0,31}$/.test(tag))).toEqual([]);
  const shown = [...ends, ...unreadable].map((each) => each.text);
  expect(shown.filter((each) => [...each].length > 60 || each === '')).toEqual([]);
  expect(owner === null || (owner !== '' && [...owner].length <= 64)).toBe(true);
  expect([...shown, owner ?? ''].filter((each) => INVISIBLE.test(each))).toEqual([]);
  for (const end of ends) {
    const at = endAt(end, Date.UTC(2026, 0, 1), 60) ?? Number.NaN;
    expect(new Date(at).getTime()).toBe(at);
  }
}

describe('what is declared, whatever is written', () => {
  it('reads every day as it is written by a machine, and no other day', () => {
    fc.assert(
      fc.property(isoDay, place, (iso, from) => {
        expect(told(`keep-until=${iso}`, from)).toBe(`until ${iso}`);
      }),
    );
  });

  it('reads the same day in German, compact and with the name of its month', () => {
    const name = (locale: string, month: 'long' | 'short', date: Date) =>
      new Intl.DateTimeFormat(locale, { month, timeZone: 'UTC' }).format(date);
    fc.assert(
      fc.property(day, (date) => {
        const iso = date.toISOString().slice(0, 10);
        const [y = '', m = '', d = ''] = iso.split('-');
        const forms = [
          `${d}.${m}.${y}`,
          `${Number(d)}.${Number(m)}.${y}`,
          `${y}/${Number(m)}/${Number(d)}`,
          ...['en-US', 'de-DE'].flatMap((locale) => [
            `${Number(d)}. ${name(locale, 'long', date)} ${y}`,
            `${Number(d)} ${name(locale, 'short', date)} ${y}`,
            `${name(locale, 'short', date)} ${Number(d)}, ${y}`,
          ]),
        ];
        expect(forms.filter((form) => told(`keep until ${form}`) !== `until ${iso}`)).toEqual([]);
      }),
    );
  });

  it('never guesses which of two numbers is the month', () => {
    const number = fc.integer({ min: 1, max: 31 });
    const zero = (n: number, width: boolean) => (width ? String(n).padStart(2, '0') : String(n));
    fc.assert(
      fc.property(number, number, fc.boolean(), fc.constantFrom('/', '-'), (a, b, wide, separator) => {
        const said = told(`keep until ${zero(a, wide)}${separator}${zero(b, wide)}${separator}2028`);
        const isRead = said.startsWith('until');
        if (a <= 12 && b <= 12) expect(isRead).toBe(a === b);
        if (a > 12 && b > 12) expect(said).toBe('? there is no such day');
        if (isRead)
          expect(said.slice(6).split('-').map(Number)).toEqual([2028, Math.min(a, b), Math.max(a, b)]);
      }),
    );
  });

  it('reads no day that does not exist', () => {
    const digits = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: 2100 }), digits(15), digits(35), (y, m, d) => {
        const exists = !Number.isNaN(Date.parse(`${y}-${m}-${d}T00:00:00Z`)) && Number(d) > 0;
        const back = exists ? new Date(`${y}-${m}-${d}T00:00:00Z`).toISOString().slice(0, 10) : null;
        const expected = back === `${y}-${m}-${d}` ? `until ${back}` : '? there is no such day';
        expect(told(`keep-until=${y}-${m}-${d}`)).toBe(expected);
      }),
    );
  });

  it('reads compact lifetimes as the configuration does', () => {
    const parts = fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 99 }), fc.nat(59));
    fc.assert(
      fc.property(parts, ([w, d, h]) => {
        const text = `${w === 0 ? '' : `${w}w`}${d}d${h === 0 ? '' : `${h}h`}`;
        const { ends } = readDeclarations(`ttl=${text}`, 'vm-notes');
        expect(ends).toEqual([{ type: 'ttl', ms: parseDuration(text), text: `ttl=${text}` }]);
      }),
    );
  });

  it('ends a day 24 hours after its midnight, wherever the host is', () => {
    fc.assert(
      fc.property(isoDay, offset, (iso, utcOffsetMin) => {
        const [end] = readDeclarations(`keep-until=${iso}`, 'checkpoint-name').ends;
        const midnight = Date.parse(`${iso}T00:00:00Z`) - utcOffsetMin * MINUTE_MS;
        expect(end && endAt(end, null, utcOffsetMin)).toBe(midnight + DAY_MS);
      }),
    );
  });

  it('keeps the order of what is declared', () => {
    const end = fc.oneof(
      isoDay.map((iso) => [`keep-until=${iso}`, `until ${iso}`] as const),
      fc.integer({ min: 1, max: 6 }).map((d) => [`ttl=${d}d`, `ttl ${d}d`] as const),
      fc.integer({ min: 1, max: 6 }).map((d) => [`[ckpt:ttl=${d}d]`, `ttl ${d}d`] as const),
    );
    const filler = fc.constantFrom(' ', ', ', '\n', '; ', ' and before the update ', ' -- ');
    fc.assert(
      fc.property(fc.array(fc.tuple(end, filler), { maxLength: 16 }), place, (declared, from) => {
        const text = declared.map(([[written], between]) => written + between).join('');
        expect(told(text, from)).toBe(declared.map(([[, expected]]) => expected).join(' | '));
      }),
    );
  });

  it('is bounded and fit to be shown', () => {
    const anything = fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 200 }));
    fc.assert(fc.property(anything, place, expectBounded), { numRuns: 500 });
  });

  it('is nothing where no keyword stands', () => {
    const harmless = fc.string({ unit: fc.constantFrom(...'abc 0123456789/-.:()[],=äöü'), maxLength: 80 });
    fc.assert(
      fc.property(harmless, place, (text, from) => {
        expect(told(text, from)).toBe('');
      }),
    );
  });
});

describe('a hostile text', () => {
  const long = (unit: string) => unit.repeat(Math.ceil(65536 / unit.length));

  /** Shapes on which an expression that backtracks, or a reader that starts over, takes minutes at least. */
  it.each([
    ['[ckpt:'],
    ['[ckpt:ttl=x,'],
    ['ttl='],
    ['ttl=2d '],
    ['keep '],
    ['keep-'],
    ['keep until '],
    ['keep the checkpoint '],
    ['owner='],
    ['owner="A '],
    ['löschen nicht vor 1 '],
    ['do not delete '],
    ['1 week and '],
    ['\u0301\u0327'],
    ['\u202e'],
    ['\ud800'],
    ['\0'],
    ['   '],
  ])('of many %j comes to an end', (unit) => {
    for (const before of ['', 'ttl', 'keep-until=', 'owner=', 'keep', '[ckpt:', '[ckpt:ttl=']) {
      for (const from of PLACES) expectBounded(before + long(unit), from);
    }
  });

  it('is read no further than 4096 characters, and never takes a part for the whole', () => {
    const end = 'keep-until=2026-12-01 18:00';
    const results = new Set<string>();
    for (let before = 3800; before < 4200; before++)
      results.add(told(`${'x'.repeat(before)} ${end} ${'y'.repeat(500)}`));
    expect(results).toEqual(new Set(['until 2026-12-01T18:00', '']));
    expect(told(`${'x'.repeat(4096 - end.length - 1)} ${end}`)).toBe('until 2026-12-01T18:00');
    expect(told(`${'x'.repeat(3900)} [ckpt:${' '.repeat(300)}never]`)).toBe('');
  });

  it('does not keep people from what stands before it', () => {
    expect(told(`ttl=2d owner=j.doe ${long('keep until x ')}`)).toMatch(/^ttl 2d \| \? no date .*\| j\.doe$/);
  });
});

import fc from 'fast-check';

/** Names that break careless output: each has broken somebody's. */
export const HOSTILE_NAMES: readonly string[] = [
  'plain',
  'SQL "01"',
  'back\\slash\\',
  'line\nfeed',
  'carriage\r\nreturn',
  'a | b',
  "it's; rm -rf /",
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '&amp; &lt;',
  '$(Get-Date) `n $env:TEMP',
  'x",vm_id="y',
  '\u0000\u0007\u001b[31mred\u001b[0m',
  '\u202egnp.exe\u202c',
  'Grüße 東京 🙂 👩‍👩‍👧',
  '\ud800 lone',
  '\udfff lone',
  '\u2028\u2029\u0085',
  '',
  ' ',
  '=cmd|calc!A1',
  "'quoted'=1;2;3",
  'N'.repeat(1000),
  `${'🙂'.repeat(200)}`,
  '__proto__',
  'constructor',
];

/** Hostile names, and any string at all, surrogates without a partner included. */
export const hostileName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE_NAMES),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.constantFrom('"', '\\', '\n', '\r', '|', '\ud83d', '\ude42', 'a'), { maxLength: 20 })
    .map((a) => a.join('')),
);

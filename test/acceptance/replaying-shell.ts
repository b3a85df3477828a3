import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';

/**
 * Behaves like `powershell -Command -` on a host whose report lies in the file given: prints the delimiters it is asked
 * for, and answers every script with the report.
 */
const DELIMITER = /^try \{ \[Console\]::Out\.Write\("(\w+)`n"\) \} catch/;
const [path = ''] = process.argv.slice(2);

for await (const line of createInterface({ input: process.stdin })) {
  const delimiter = DELIMITER.exec(line)?.[1];
  if (delimiter !== undefined) process.stdout.write(`${delimiter}\n`);
  else if (line.includes('[ScriptBlock]::Create('))
    process.stdout.write(envelope(readFileSync(path, 'utf8')));
}

function envelope(text: string): string {
  const ascii = JSON.stringify(JSON.parse(text)).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const digest = createHash('sha256').update(ascii).digest('hex');
  return `\n<HVCP1 ${ascii.length} ${digest} ${gzipSync(ascii).toString('base64')} HVCP>\n`;
}

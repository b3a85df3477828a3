import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * As much of `powershell -Command -` as a measurement needs: prints the delimiters it is asked for, and for a script the
 * contents of the file named by the first argument. A small program, so that little but the transport is measured.
 */
const [, , envelopePath] = process.argv;

for await (const line of createInterface({ input: process.stdin })) {
  const delimiter = /Out\.Write\("(\w+)`n"\)/.exec(line)?.[1];
  if (delimiter !== undefined) process.stdout.write(`${delimiter}\n`);
  else if (line.includes('FromBase64String')) process.stdout.write(readFileSync(envelopePath));
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

/**
 * Behaves like `powershell -Command -` as far as the agent can tell: reads lines, prints the delimiters it is asked for, and
 * does with a script what the script's first line says (`# fake: MODE ARGUMENT`), which to a real PowerShell is a comment.
 */
const DELIMITER = /^try \{ \[Console\]::Out\.Write\("(\w+)`n"\) \} catch/;
const SCRIPT = /ScriptBlock\]::Create\(.*?FromBase64String\('([A-Za-z0-9+/=]*)'\)\)\)\) '([A-Za-z0-9+/=]*)'/;

/** Set by the script for the delimiters that follow it. */
let lineEnd = '\n';

for await (const line of createInterface({ input: process.stdin })) {
  const delimiter = DELIMITER.exec(line)?.[1];
  if (delimiter !== undefined) process.stdout.write(`${delimiter}${lineEnd}`);
  const [, script, parameters = ''] = SCRIPT.exec(line) ?? [];
  if (script !== undefined) await run(Buffer.from(script, 'base64').toString(), parameters);
}

async function run(script: string, parameters: string): Promise<void> {
  const [, mode = '', argument = ''] = /^# fake: (\S+) ?(.*)/.exec(script) ?? [];
  switch (mode) {
    case 'echo':
      return say(`<${parameters}>`);
    case 'say':
      return say(Buffer.from(argument, 'base64').toString('latin1'));
    case 'drip':
      for (const letter of argument) await say(letter);
      return;
    case 'complain':
      // In several pieces first, for a reader that stops after a few of them.
      for (let piece = 0; piece < 5; piece++) {
        process.stderr.write('x');
        await setTimeout(10);
      }
      // As a real shell does, nothing else is written before the whole text is out.
      await new Promise((written) =>
        process.stderr.write(`${'x'.repeat(Number(argument))} the end\n`, written),
      );
      return say('done');
    case 'crlf':
      lineEnd = '\r\n';
      // Everything in one piece, the second delimiter too.
      process.stdout.cork();
      void setTimeout(50).then(() => process.stdout.uncork());
      return say(argument);
    case 'exit':
      await say('partial');
      process.exit(Number(argument));
      break;
    case 'kill':
      await say('partial');
      process.kill(process.pid, argument);
      return hang();
    case 'hang': {
      process.on('SIGTERM', () => undefined);
      spawn('sleep', [argument], { stdio: 'inherit' });
      return hang();
    }
    case 'flood':
      for (;;) await say('x'.repeat(65_536));
  }
}

async function say(text: string): Promise<void> {
  if (!process.stdout.write(text) && !process.stdout.writableCorked) await once(process.stdout, 'drain');
}

function hang(): Promise<void> {
  return new Promise(() => setInterval(() => undefined, 60_000));
}

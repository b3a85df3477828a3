import { hostArguments, USAGE } from './arguments.ts';
import { EXIT } from './codes.ts';
import { runHost } from './run-host.ts';

const parsed = hostArguments(process.argv.slice(2));
if (!parsed.ok) {
  process.stderr.write(`${parsed.message}\n${USAGE}\n`);
  process.exitCode = EXIT.usage;
} else if (process.platform !== 'win32') {
  process.stderr.write('The service host runs on Windows only. Elsewhere: checkpoint-agent run\n');
  process.exitCode = EXIT.notWindows;
} else {
  // A rejection becomes an uncaught exception, which it answers for itself.
  void runHost(parsed.options);
}

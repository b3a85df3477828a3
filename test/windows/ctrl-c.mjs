// Runs on Windows: starts the agent on a console of its own and presses Ctrl+C there, as service wrappers do.
// (Ctrl+Break is not to be had from Wine.) Its arguments are those of the agent's Node.js.
import { spawn } from 'node:child_process';
import koffi from 'koffi';

const kernel = koffi.load('kernel32.dll');
// What Wine gives a program that Linux starts is no real one.
kernel.func('int __stdcall FreeConsole()')();
if (!kernel.func('int __stdcall AllocConsole()')()) throw new Error('no console');
const press = kernel.func('int __stdcall GenerateConsoleCtrlEvent(uint32 event, uint32 group)');
// The key reaches everybody on the console.
process.on('SIGINT', () => {});

const agent = spawn(process.execPath, process.argv.slice(2), {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
agent.on('message', ({ type }) => {
  const [ctrlC, everybody] = [0, 0];
  if (type === 'ready' && !press(ctrlC, everybody)) throw new Error('the key was not taken');
});
agent.on('exit', (code) => console.log(`the agent ended with ${code}`));

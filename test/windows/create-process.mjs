// Runs on Windows: starts a command line as monitoring agents do, by CreateProcess without the name of a program and
// without a shell, and ends with the code that it ends with. 99 is that there is no such program.
import koffi from 'koffi';

const [, , line] = process.argv;
const kernel = koffi.load('kernel32.dll');
const createProcess = kernel.func(
  'int __stdcall CreateProcessW(void *, void *line, void *, void *, int inherit, uint32 flags, void *, void *, void *startup, void *made)',
);
const standardHandle = kernel.func('intptr __stdcall GetStdHandle(uint32 which)');
const setInformation = kernel.func(
  'int __stdcall SetHandleInformation(intptr handle, uint32 mask, uint32 flags)',
);
const wait = kernel.func('uint32 __stdcall WaitForSingleObject(intptr handle, uint32 ms)');
const exitCode = kernel.func('int __stdcall GetExitCodeProcess(intptr handle, _Out_ uint32 *code)');

// STARTUPINFOW: its size at 0, its flags at 60, and standard input, output and error from 80 on.
const [size, inherit, useStandardHandles] = [104, 1, 0x100];
const startup = Buffer.alloc(size);
startup.writeUInt32LE(size, 0);
startup.writeUInt32LE(useStandardHandles, 60);
for (const [index, which] of [-10, -11, -12].entries()) {
  const handle = standardHandle(which >>> 0);
  setInformation(handle, inherit, inherit);
  startup.writeBigInt64LE(BigInt(handle), 80 + index * 8);
}
const made = Buffer.alloc(24);
const text = Buffer.from(`${line}\0`, 'utf16le');
if (!createProcess(null, text, null, null, inherit, 0, null, null, startup, made)) process.exit(99);
const handle = Number(made.readBigInt64LE());
wait(handle, 60_000);
const code = [0];
exitCode(handle, code);
process.exit(code[0]);

// Runs on Windows: holds a file as an editor does that shares it with nobody, from when `<file>.held` is there until
// `<file>.release` is.
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import koffi from 'koffi';

const [, , path] = process.argv;
const kernel = koffi.load('kernel32.dll');
const createFile = kernel.func(
  'intptr __stdcall CreateFileW(str16 path, uint32 access, uint32 share, void *security, uint32 how, uint32 flags, void *template)',
);
const [genericRead, nobody, openExisting] = [0x80000000, 0, 3];
if (createFile(path, genericRead, nobody, null, openExisting, 0, null) === -1) throw new Error('not opened');
writeFileSync(`${path}.held`, '');
while (!existsSync(`${path}.release`)) await delay(100);

// Stands in for the agent where the service host is tested: it does what its options and its requests say.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const [command, stop, ...rest] = process.argv.slice(2);
if (command !== 'run' || stop !== '--stop-on-stdin-end') process.exit(64);
const text = { type: 'string' };
const options = { port: text, 'ready-when': text, exit: text, throw: text, drain: text, 'last-words': text };
const { values } = parseArgs({ args: rest, options });

if (values.exit !== undefined) process.exit(Number(values.exit));
if (values.throw !== undefined) throw new Error(values.throw);

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  response.end(JSON.stringify({ pid: process.pid, arguments: rest }));
  response.on('close', () => {
    if (pathname === '/exit') process.exit(Number(searchParams.get('code')));
    if (pathname === '/print') console.log('x'.repeat(Number(searchParams.get('length'))));
    if (pathname === '/throw') throw new Error(searchParams.get('text'));
    if (pathname === '/fill') for (const held = []; ; ) held.push(new Array(10_000).fill({}));
    if (pathname === '/hang') for (;;);
  });
});
server.listen(Number(values.port), '127.0.0.1', () => {
  console.log('the stand-in listens');
  const ready = setInterval(() => {
    if (values['ready-when'] !== undefined && !existsSync(values['ready-when'])) return;
    clearInterval(ready);
    process.send({ type: 'ready' });
  }, 20);
});

process.stdin.resume().on('end', async () => {
  console.log('the stand-in is asked to stop');
  await sayLastWords(Number(values['last-words'] ?? 0));
  setTimeout(() => process.exit(0), Number(values.drain ?? 0));
});

/** Returns when all of them are on their way, as the agent does. */
async function sayLastWords(count) {
  const words = Array.from({ length: count }, (_, index) => `word ${index + 1}`);
  const sent = words.map((word) => {
    const event = { type: 'event', id: 101, severity: 'information', text: word };
    return new Promise((done) => process.send(event, done));
  });
  await Promise.all(sent);
}
